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
import { besides, configFile, credentialsFile } from "../bundle/overlays.ts"
import * as Credentials from "../dormouse/credentials.ts"
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
  // A bundle has short keys.
  const named = both.filter((type) => new RegExp(":\\s*[\"']" + type + "[\"']").test(config))
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

/** Modules that are needed and not given, where they lie beside the bundle or the device's file. */
const lyingBeside = (given: Options.Flash, files: ReadonlyArray<StoredFile>) =>
  Effect.gen(function*() {
    const system = yield* FileSystem.FileSystem
    const folders = [given.file, ...Option.toArray(given.config)].map((file) => path.dirname(file))
    const found: Array<StoredFile> = []
    for (const name of missing(files)) {
      const places = folders.flatMap((folder) => [".min.js", ".js"].map((ending) => path.join(folder, name + ending)))
      for (const place of places) {
        if (!(yield* Effect.orElseSucceed(system.exists(place), () => false))) continue
        yield* Console.error(`the module ${name} comes along, from ${place}`)
        found.push(yield* readModule(place))
        break
      }
    }
    return found
  })

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

const macMillis = 5_000

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

/** The program in the form that this interpreter reads best; modules stay as they were given. */
const suited = (files: ReadonlyArray<StoredFile>, found: Interpreter): Effect.Effect<ReadonlyArray<StoredFile>> => {
  if (!readsTokens(found)) return Effect.succeed(files)
  const program = files.filter(({ name }) => name.startsWith(".") && name !== configFile && name !== credentialsFile)
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

/** Whether the program looks for credentials beside it. */
const wantsCredentials = (files: ReadonlyArray<StoredFile>): boolean =>
  new TextDecoder().decode(files[0]?.bytes).includes(JSON.stringify(credentialsFile))

/** The credentials that are given, if the program wants some. */
const credentialsFor = (given: Options.Flash, files: ReadonlyArray<StoredFile>) =>
  Effect.gen(function*() {
    const wants = wantsCredentials(files)
    if (Option.isNone(given.credentials)) {
      return wants ? yield* refuse(
        `${given.file} has no credentials in it: give them with --credentials FILE, or bundle without credentials true`
      ) : undefined
    }
    if (!wants) {
      return yield* refuse(
        `${given.file} looks for no credentials on the board: set credentials to true in the device's file, and bundle it again`
      )
    }
    return yield* Effect.mapError(Credentials.read(given.credentials.value),
      ({ message }) => new FlashError({ message }))
  })

/** The address of the board's Wi-Fi, 12 hexadecimal digits. */
const macOf = (board: Board.Board) =>
  Effect.gen(function*() {
    const digits = Credentials.digitsOf(String(yield* board.ask("getSerial()", macMillis)))
    return /^[0-9a-f]{12}$/.test(digits) ? digits
      : yield* refuse(`the board does not tell its MAC address, but ${JSON.stringify(digits.slice(0, 40))}`)
  }).pipe(Effect.catchTags({
    LinkError: ({ reason }) => refuse(`the port was closed (${reason}): flash it again`),
    Silence: () => refuse("the board does not tell its MAC address: press its reset button (EN) and flash it again"),
    OutOfMemory: () => refuse("the board is out of memory: press its reset button (EN) and flash it again"),
    Thrown: ({ text }) => refuse(`the board does not tell its MAC address: ${text}`)
  }))

/** The file of this board's credentials; none where the program has its own. */
const credentialsOf = (board: Board.Board, credentials: Credentials.Credentials | undefined, bar: Bar.Bar) =>
  Effect.gen(function*() {
    if (credentials === undefined) return []
    const mac = yield* macOf(board)
    const own = credentials.of(mac)
    const which = credentials.names(mac) ? "its own" : "those of all"
    yield* bar.line(`the board is ${mac}; its credentials are ${which}: ${Credentials.inWords(own, mac)}`)
    return [{ name: credentialsFile, bytes: new TextEncoder().encode(Credentials.toFile(own, mac)) }]
  })

/** Everything that the command does; it reports to `output`. */
export const flash = (given: Options.Flash, output: Bar.Output) =>
  Effect.gen(function*() {
    const port = yield* Ports.checked(Option.getOrUndefined(given.port))
    // Before the bundle, which takes some seconds.
    if (!Ports.mayBeThere(port)) return yield* Effect.flatMap(Ports.explain(port, "ENOENT"), Effect.fail)
    if (Option.isSome(given.config)) yield* bundle(given.config.value, given.file, given.force)
    const wanted = [...yield* read(given.file), ...yield* Effect.forEach(given.module, readModule)]
    const files = [...wanted, ...yield* lyingBeside(given, wanted)]
    for (const name of missing(files)) {
      yield* Console.error(
        `warning: the sensor needs Espruino's module ${name}: give it with --module ${name}.min.js (https://www.espruino.com/modules/${name}.min.js)`
      )
    }
    const credentials = yield* credentialsFor(given, files)
    const bar = Bar.make(output)
    const link = yield* Effect.catchTag(Link.open(port), "LinkError",
      ({ reason }) => Effect.flatMap(Ports.explain(port, reason), Effect.fail))
    yield* bar.line(`${port} is open; waiting for the board (asleep? press its reset button)`)
    const board = Board.make(link)
    const found = yield* greet(board, port, given.wait * 1_000)
    yield* bar.line(`${found.board}, Espruino ${found.version}, ${found.variables} variables`)
    const own = yield* credentialsOf(board, credentials, bar)
    yield* upload(board, withLogs([...yield* suited(files, found), ...own]), found, bar).pipe(
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
