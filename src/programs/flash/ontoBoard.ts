/**
 * From a bundle to a board that runs it, step by step.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import { fork } from "node:child_process"
import * as path from "node:path"
import * as DriverLookup from "../../domain/config/DriverLookup.ts"
import { besides, configFile } from "../bundle/overlays.ts"
import { reading } from "../dormouse/loadConfig.ts"
import * as Place from "../dormouse/Place.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import * as Bar from "./Bar.ts"
import * as Board from "./Board.ts"
import { FlashError, refuse } from "./FlashError.ts"
import * as Link from "./Link.ts"
import type * as Options from "./Options.ts"
import * as Ports from "./ports.ts"
import { withLogs } from "./logs.ts"
import { layoutOf, show } from "./show.ts"
import { start, type Ending } from "./start.ts"
import { greet, type Interpreter, readsTokens, upload, type StoredFile } from "./upload.ts"

/** Runs `dormouse bundle`, which reports its own faults. */
const bundle = (config: string, out: string, isForced: boolean) =>
  Effect.callback<number | null>((resume) => {
    const { execArgv, file } = Place.part("dormouse")
    const child = fork(file, ["bundle", "--config", config, "--out", out, ...(isForced ? ["--force"] : [])], {
      stdio: "inherit",
      execArgv: [...execArgv]
    })
    child.on("error", () => resume(Effect.succeed(1)))
    child.on("exit", (code) => resume(Effect.succeed(code)))
    return Effect.sync(() => child.kill())
  }).pipe(
    Effect.flatMap((code) => code === 0 ? Effect.void : refuse("nothing was flashed, because nothing was bundled"))
  )

/** The boot code first; see upload.ts. */
const read = (file: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const exists = yield* Effect.orElseSucceed(files.exists(file), () => false)
    if (!exists) {
      return yield* refuse(
        `${file} does not exist: run npx dormouse bundle --config device.json first, or give --config here`
      )
    }
    const all: Array<StoredFile> = [{ name: ".bootcde", bytes: yield* files.readFile(file) }]
    for (const name of besides) {
      const beside = file + name
      if (yield* files.exists(beside)) all.push({ name, bytes: yield* files.readFile(beside) })
    }
    const empty = all.find(({ bytes }) => bytes.length === 0)
    return empty === undefined ? all
      : yield* refuse(`${file}: a file of the bundle is empty: run npx dormouse bundle again`)
  }).pipe(Effect.catchTag("PlatformError", (fault) => refuse(`${file} ${reading(fault)}`)))

/** Espruino looks a module up in Storage by its name: DHT22 for DHT22.js and for DHT22.min.js. */
const moduleName = (file: string): string => path.basename(file).replace(/(\.min)?\.js$/, "")

/** Storage accepts names of so many bytes. */
const longestName = 28

const readModule = (file: string) =>
  Effect.gen(function*() {
    const name = moduleName(file)
    const advice = ": take Espruino's own from https://www.espruino.com/modules/DHT22.min.js or BME280.min.js"
    if (!/^[A-Za-z0-9_-]+$/.test(name) || name.length > longestName) {
      return yield* refuse(
        `--module ${file} must be named as the board looks it up, such as DHT22.min.js`
      )
    }
    const files = yield* FileSystem.FileSystem
    const bytes = yield* Effect.mapError(files.readFile(file),
      (fault) => new FlashError({ message: `--module ${file} ${reading(fault)}${advice}` }))
    if (!new TextDecoder().decode(bytes).includes("exports")) {
      return yield* refuse(
        `--module ${file} exports nothing` + advice
      )
    }
    return { name, bytes }
  })

/** What the firmware of an ESP32 brings along. */
const inFirmware = ["net", "tls", "dgram", "crypto", "Storage", "Flash", "Wifi", "ESP32"]

/** The modules that the configuration needs and that are not given. With effect's own runtime it lies in the script. */
const missing = (files: ReadonlyArray<StoredFile>): ReadonlyArray<string> => {
  const textOf = (file: StoredFile | undefined) => new TextDecoder().decode(file?.bytes)
  const config = textOf(files.find(({ name }) => name === configFile) ?? files[0])
  const both = ["dht22", "bme280"]
  const named = both.filter((type) => new RegExp("type\"?: ?[\"']" + type + "[\"']").test(config))
  // The code of any other driver is only in the program of a board that has it.
  const required = files.flatMap((file) =>
    [...textOf(file).matchAll(/require\(["']([\w-]+)["']\)/g)].map(([, name]) => name as string)
  )
  const usual = both.map((type) => DriverLookup.moduleOf(type))
  const needed = [
    ...named.flatMap((type) => DriverLookup.moduleOf(type) ?? []),
    ...required.filter((name) => !inFirmware.includes(name) && !usual.includes(name))
  ]
  return [...new Set(needed)].filter((name) => !files.some((file) => file.name === name))
}

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

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

/** The program in the form that this interpreter reads best; modules stay as they were given. */
const suited = (files: ReadonlyArray<StoredFile>, found: Interpreter): Effect.Effect<ReadonlyArray<StoredFile>> => {
  if (!readsTokens(found)) return Effect.succeed(files)
  const program = files.filter(({ name }) => name.startsWith(".") && name !== configFile)
  return Link.tokenise(program.map(({ bytes }) => latin1(bytes))).pipe(
    Effect.map((scripts) =>
      files.map((file): StoredFile => {
        const script = scripts[program.indexOf(file)]
        return script === undefined ? file : { name: file.name, bytes: Buffer.from(script, "latin1") }
      })
    ),
    // It runs in this form, too.
    Effect.orElseSucceed(() => files)
  )
}

/** Everything that the command does; it reports to `output`. */
export const flash = (given: Options.Flash, output: Bar.Output) =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    // Before the bundle, which takes some seconds.
    if (!Ports.mayBeThere(port)) return yield* Effect.flatMap(Ports.explain(port, "ENOENT"), Effect.fail)
    if (Option.isSome(given.config)) yield* bundle(given.config.value, given.file, given.force)
    const files = [...yield* read(given.file), ...yield* Effect.forEach(given.module, readModule)]
    for (const name of missing(files)) {
      yield* Console.error(
        `warning: the sensor needs Espruino's module ${name}: give it with --module ${name}.min.js (https://www.espruino.com/modules/${name}.min.js)`
      )
    }
    const bar = Bar.make(output)
    const link = yield* Effect.catchTag(Link.open(port), "LinkError",
      ({ reason }) => Effect.flatMap(Ports.explain(port, reason), Effect.fail))
    yield* bar.line(`${port} is open; waiting for the board (asleep? press its reset button)`)
    const board = Board.make(link)
    const found = yield* greet(board, port, given.wait * 1_000)
    yield* bar.line(`${found.board}, Espruino ${found.version}, ${found.variables} variables`)
    yield* upload(board, withLogs(yield* suited(files, found)), found, bar).pipe(
      Effect.tapError(() => bar.end),
      Effect.onInterrupt(() =>
        Effect.andThen(bar.end, Console.error("interrupted: the board holds half a program; flash it again"))
      )
    )
    yield* bar.line("compared: the board holds what was sent. Starting it; the board says:")
    const layout = layoutOf(columns, Format.plain)
    const ending = yield* start(link, found,
      (said) => Effect.forEach(show(Date.now(), said, layout), (line) => bar.line("  " + line), { discard: true }))
    yield* bar.line(`${outcome(ending)} Next: npx dormouse monitor --port ${port}`)
  }).pipe(Effect.scoped)
