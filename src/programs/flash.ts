/**
 * `npm run flash -- --port /dev/ttyUSB0`: puts the bundle on a board that runs Espruino's firmware, and starts it.
 *
 * Everything in the board's Storage is replaced, what the device remembers included.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { fork } from "node:child_process"
import { fileURLToPath } from "node:url"
import { asides } from "./bundle/swaps.ts"
import * as Bar from "./flash/Bar.ts"
import * as Board from "./flash/Board.ts"
import { refuse } from "./flash/FlashError.ts"
import * as Link from "./flash/Link.ts"
import * as Options from "./flash/Options.ts"
import * as Ports from "./flash/ports.ts"
import { layoutOf, show } from "./flash/show.ts"
import { start, type Ending } from "./flash/start.ts"
import { greet, upload, type StoredFile } from "./flash/upload.ts"
import * as Format from "./simulate/Format.ts"
import { presenter } from "./simulate/Options.ts"

/** Runs `npm run bundle`, which tells its own faults. */
const bundle = (config: string, out: string) =>
  Effect.callback<number | null>((resume) => {
    const child = fork(fileURLToPath(new URL("bundle.ts", import.meta.url)), ["--config", config, "--out", out], { stdio: "inherit" })
    child.on("error", () => resume(Effect.succeed(1)))
    child.on("exit", (code) => resume(Effect.succeed(code)))
    return Effect.sync(() => child.kill())
  }).pipe(Effect.flatMap((code) => code === 0 ? Effect.void : refuse("nothing was flashed, because nothing was bundled")))

/** The boot code first; see upload.ts. */
const read = (file: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const load = (path: string) => Effect.mapError(files.readFile(path), (fault) => fault)
    const exists = yield* Effect.orElseSucceed(files.exists(file), () => false)
    if (!exists) return yield* refuse(`${file} does not exist: run npm run bundle -- --config device.json first, or give --config here`)
    const all: Array<StoredFile> = [{ name: ".bootcde", bytes: yield* load(file) }]
    for (const aside of asides) {
      const path = file + aside.file
      if (yield* files.exists(path)) all.push({ name: aside.file, bytes: yield* load(path) })
    }
    const empty = all.find(({ bytes }) => bytes.length === 0)
    return empty === undefined ? all : yield* refuse(`${file}: a file of the bundle is empty: run npm run bundle again`)
  }).pipe(Effect.catchTag("PlatformError", (fault) => refuse(`${file} cannot be read: ${fault.message}`)))

const outcome = (ending: Ending): string => {
  switch (ending) {
    case "asleep":
      return "Done: the program runs, and the board sleeps until its next wake."
    case "awake":
      return "Done: the program runs."
    case "silent":
      return "Done, but the program has not said anything yet."
  }
}

const flash = (given: Options.Flash) =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    if (Option.isSome(given.config)) yield* bundle(given.config.value, given.file)
    const files = yield* read(given.file)
    const bar = Bar.make({ isTerminal: process.stdout.isTTY, write: (text) => void process.stdout.write(text) })
    const link = yield* Effect.catchTag(Link.open(port), "LinkError", ({ reason }) => Effect.flatMap(Ports.explain(port, reason), Effect.fail))
    yield* bar.line(`${port} is open; waiting for the board (asleep? press its reset button)`)
    const board = Board.make(link)
    const found = yield* greet(board, port, given.wait * 1_000)
    yield* bar.line(`${found.board}, Espruino ${found.version}, ${found.variables} variables`)
    yield* upload(board, files, found, bar).pipe(
      Effect.tapError(() => bar.end),
      Effect.onInterrupt(() => Effect.andThen(bar.end, Console.error("interrupted: the board holds half a program; flash it again")))
    )
    yield* bar.line("compared: the board holds what was sent. Starting it; the board says:")
    const layout = layoutOf(110, Format.plain)
    const ending = yield* start(link, found, (said) =>
      Effect.forEach(show(Date.now(), said, layout), (line) => bar.line("  " + line), { discard: true }))
    yield* bar.line(`${outcome(ending)} Next: npm run monitor -- --port ${port}`)
  }).pipe(Effect.scoped)

const command = Command.make("flash", Options.flash, (given) =>
  Effect.tapErrorTag(flash(given), "FlashError", ({ message }) => Console.error(message))).pipe(
    Command.withDescription("Puts the bundle on a board with Espruino's firmware and starts it. Replaces all that the board has stored."),
    Command.withExamples([
      { command: "npm run flash -- --port /dev/ttyUSB0", description: "Puts dist/device.js on the board" },
      { command: "npm run flash -- --port /dev/ttyUSB0 --config device.json", description: "Bundles first" }
    ])
  )

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), NodeServices.layer)),
  NodeRuntime.runMain
)
