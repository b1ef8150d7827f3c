/**
 * From a bundle to a board that runs it, step by step.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { fork } from "node:child_process"
import { asides } from "../bundle/swaps.ts"
import * as Place from "../dormouse/Place.ts"
import * as Format from "../simulate/Format.ts"
import * as Bar from "./Bar.ts"
import * as Board from "./Board.ts"
import { refuse } from "./FlashError.ts"
import * as Link from "./Link.ts"
import type * as Options from "./Options.ts"
import * as Ports from "./ports.ts"
import { layoutOf, show } from "./show.ts"
import { start, type Ending } from "./start.ts"
import { greet, upload, type StoredFile } from "./upload.ts"

/** Runs `dormouse bundle`, which tells its own faults. */
const bundle = (config: string, out: string) =>
  Effect.callback<number | null>((resume) => {
    const { execArgv, file } = Place.part("dormouse")
    const child = fork(file, ["bundle", "--config", config, "--out", out], { stdio: "inherit", execArgv: [...execArgv] })
    child.on("error", () => resume(Effect.succeed(1)))
    child.on("exit", (code) => resume(Effect.succeed(code)))
    return Effect.sync(() => child.kill())
  }).pipe(Effect.flatMap((code) => code === 0 ? Effect.void : refuse("nothing was flashed, because nothing was bundled")))

/** The boot code first; see upload.ts. */
const read = (file: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const exists = yield* Effect.orElseSucceed(files.exists(file), () => false)
    if (!exists) return yield* refuse(`${file} does not exist: run npx dormouse bundle --config device.json first, or give --config here`)
    const all: Array<StoredFile> = [{ name: ".bootcde", bytes: yield* files.readFile(file) }]
    for (const aside of asides) {
      const path = file + aside.file
      if (yield* files.exists(path)) all.push({ name: aside.file, bytes: yield* files.readFile(path) })
    }
    const empty = all.find(({ bytes }) => bytes.length === 0)
    return empty === undefined ? all : yield* refuse(`${file}: a file of the bundle is empty: run npx dormouse bundle again`)
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

const columns = 100

/** Everything that the command does; `output` is where it tells it. */
export const flash = (given: Options.Flash, output: Bar.Output) =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    if (Option.isSome(given.config)) yield* bundle(given.config.value, given.file)
    const files = yield* read(given.file)
    const bar = Bar.make(output)
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
    const layout = layoutOf(columns, Format.plain)
    const ending = yield* start(link, found, (said) =>
      Effect.forEach(show(Date.now(), said, layout), (line) => bar.line("  " + line), { discard: true }))
    yield* bar.line(`${outcome(ending)} Next: npx dormouse monitor --port ${port}`)
  }).pipe(Effect.scoped)
