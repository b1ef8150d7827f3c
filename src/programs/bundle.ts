/**
 * `dormouse bundle --config device.json`: the device program and one configuration as one script for a board.
 *
 * The file is checked before anything is made, so that a board is never flashed with a configuration that does not hold.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Command from "effect/cli/Command"
import { prologue } from "../adapters/espruino/prologue.ts"
import * as BoardRules from "../domain/BoardRules.ts"
import * as DeviceConfig from "../domain/DeviceConfig.ts"
import { buildBoard } from "./bundle/build.ts"
import { BundleError } from "./bundle/BundleError.ts"
import type * as Options from "./bundle/Options.ts"
import * as SizeReport from "./bundle/SizeReport.ts"
import { besides } from "./bundle/overlays.ts"
import { type Finding, judge } from "./dormouse/check/Finding.ts"
import * as Commands from "./dormouse/commands.ts"
import { patiently } from "./dormouse/patiently.ts"
import * as Output from "./dormouse/Output.ts"
import * as Place from "./dormouse/Place.ts"
import { isMain, run } from "./dormouse/run.ts"
import { type ConfigFileError, loadConfig, readText } from "./loadConfig.ts"

const each = (file: string, message: string): string => message.split("\n").map((line) => file + ": " + line).join("\n")

/** What `dormouse check` says of the file, said again; with what no board could work with, nothing is bundled. */
const checked = (file: string, { board, force }: Pick<Options.Given, "board" | "force">) =>
  Effect.gen(function*() {
    const told = (error: ConfigFileError) => new BundleError({ message: error.message })
    const text = yield* Effect.mapError(readText(file, "give the path of a device's configuration, a JSON file"), told)
    const { findings } = yield* judge(text, file, Option.getOrUndefined(board))
    const line = ({ message, place }: Finding) => `${file}:${place.line}:${place.column}: ${message}`
    const isFatal = ({ failsOnBoard, severity }: Finding) => severity === "error" || (failsOnBoard === true && !force)
    for (const finding of findings.filter((each) => !isFatal(each))) yield* Console.error("warning: " + line(finding))
    const fatal = findings.filter(isFatal)
    if (fatal.length > 0) {
      const way = fatal.every(({ severity }) => severity === "warning") ? "\na board could not work with this; --force bundles it all the same" : ""
      return yield* new BundleError({ message: fatal.map(line).join("\n") + way })
    }
  })

/** The configuration, held against its check and against what a board needs. */
const configured = (file: string, given: Pick<Options.Given, "board" | "force">) =>
  Effect.gen(function*() {
    const { config } = yield* Effect.mapError(loadConfig(file), (error) =>
      new BundleError({ message: error._tag === "InvalidConfig" ? each(file, error.message) : error.message }))
    yield* checked(file, given)
    const faults = BoardRules.faults(config)
    if (faults.length > 0) return yield* new BundleError({ message: each(file, DeviceConfig.invalid(faults).message) })
    return config
  })

const making = <A>(make: () => Promise<A>): Effect.Effect<A, BundleError> =>
  Effect.tryPromise({
    try: make,
    catch: (fault) => fault instanceof BundleError ? fault : new BundleError({ message: String(fault) })
  })

const output: Output.Kind = { option: "--out", what: "a bundle", ending: ".js", isEarlier: (content) => content.startsWith(prologue.slice(0, prologue.indexOf("require"))) }

const bundle = (given: Options.Given) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    const config = yield* configured(given.config, given)
    const wrong = yield* Output.fault(output, given.out, [given.config])
    if (wrong !== undefined) return yield* new BundleError({ message: wrong })
    const source = Place.sources
    const { overlays, script } = yield* patiently("bundling; this takes some seconds", making(() =>
      buildBoard(config, { source, runtime: given.runtime, minify: given.minify })))
    const refused = ({ reason }: PlatformError) => new BundleError({ message: `${given.out} cannot be written (${reason._tag}): give a file that may be written with --out` })
    yield* Effect.mapError(files.makeDirectory(path.dirname(given.out), { recursive: true }), refused)
    yield* Effect.mapError(files.writeFileString(given.out, prologue + "\n" + script.code + "\n"), refused)
    yield* Console.log(given.out + ": " + SizeReport.show(SizeReport.of(script, path.dirname(source))))
    if (given.runtime === "effect") {
      yield* Console.error(`warning: effect's own runtime takes up to 14,000 of Espruino's variables and 23,500 bytes of its stack, and 70 times the work: for boards with PSRAM`)
    }
    // What an earlier bundle left there would be flashed, too.
    for (const file of besides) yield* Effect.mapError(files.remove(given.out + file, { force: true }), refused)
    for (const { file, script: { code } } of overlays) {
      const out = given.out + file
      yield* Effect.mapError(files.writeFileString(out, code), refused)
      yield* Console.log(`${out}: ${Buffer.byteLength(code)} bytes, for the board's Storage as ${file}`)
    }
  }).pipe(Effect.scoped)

/** What the command does. */
export const handle = (given: Options.Given) => Effect.tapErrorTag(bundle(given), "BundleError", ({ message }) => Console.error(message))

if (isMain(import.meta.url)) run(Command.withHandler(Commands.bundle, handle))
