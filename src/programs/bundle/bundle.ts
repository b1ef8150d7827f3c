/**
 * `dormouse bundle --config device.json`: the device program and one configuration as one script for a board.
 *
 * The file is checked before anything is made, so that a board is never flashed with an invalid configuration.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Command from "effect/cli/Command"
import { dirname } from "node:path"
import { prologue } from "../../adapters/espruino/prologue.ts"
import * as BoardRules from "../../domain/config/BoardRules.ts"
import type * as DeviceConfig from "../../domain/config/DeviceConfig.ts"
import { BundleError } from "./BundleError.ts"
import * as Options from "./Options.ts"
import { besides } from "./overlays.ts"
import { type Finding, judge, lineOf } from "../check/Finding.ts"
import { bundle as bundleCommand } from "./command.ts"
import { sayIfSlow } from "../dormouse/terminal/sayIfSlow.ts"
import * as Output from "../dormouse/Output.ts"
import * as Place from "../dormouse/Place.ts"
import { isMain, run } from "../dormouse/runCommand.ts"
import { type ConfigFileError, loadConfig, readText } from "../dormouse/loadConfig.ts"

/** The same verdict and the same words as `dormouse check --board`; with --force an error is only a warning. */
const checked = (file: string, text: string, { board, force }: Pick<Options.Given, "board" | "force">) =>
  Effect.gen(function*() {
    const judged = yield* judge(text, file, Option.getOrUndefined(board), true)
    const forced = (finding: Finding): Finding =>
      force && finding.failsOnBoard === true ? { ...finding, severity: "warning" } : finding
    const findings = judged.findings.map(forced)
    const errors = findings.filter(({ severity }) => severity === "error")
    for (const finding of findings.filter((each) => !errors.includes(each))) yield* Console.error(lineOf(file, finding))
    if (errors.length === 0) return
    const way = errors.every(({ failsOnBoard }) => failsOnBoard)
      ? "\nthis cannot work on a board; --force bundles it anyway" : ""
    return yield* new BundleError({ message: errors.map((error) => lineOf(file, error)).join("\n") + way })
  })

/** The configuration, after its check and the check of what a board needs. */
const configured = (file: string, given: Pick<Options.Given, "board" | "force">) =>
  Effect.gen(function*() {
    const refused = (error: ConfigFileError | DeviceConfig.InvalidConfig) => new BundleError({ message: error.message })
    const text = yield* Effect.mapError(readText(file, "give the path of a device's configuration, a JSON file"),
      refused)
    yield* checked(file, text, given)
    const { config } = yield* Effect.mapError(loadConfig(file), refused)
    return config
  })

const making = <A>(make: () => Promise<A>): Effect.Effect<A, BundleError> =>
  Effect.tryPromise({
    try: make,
    catch: (fault) => fault instanceof BundleError ? fault : new BundleError({ message: String(fault) })
  })

/** Its packages take some time to load, so they are loaded only if the configuration is valid. */
const made = async (config: DeviceConfig.DeviceConfig, source: string, { minify, runtime }: Options.Given) => {
  const [{ buildBoard }, SizeReport] = await Promise.all([import("./build.ts"), import("./SizeReport.ts")])
  const scripts = await buildBoard(config, { source, runtime, minify })
  return { ...scripts, size: SizeReport.show(SizeReport.of(scripts.script, dirname(source))) }
}

const output: Output.Kind = {
  option: "--out",
  what: "a bundle",
  ending: ".js",
  isEarlier: (content) => content.startsWith(prologue.slice(0, prologue.indexOf("require")))
}

/** A file that a bundle would put beside the script, although there is no bundle: it must belong to somebody else. */
const foreign = (out: string) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const isThere = (file: string) => Effect.orElseSucceed(files.exists(file), () => false)
    if (yield* isThere(out)) return undefined
    const found = yield* Effect.filter(besides.map((name) => out + name), isThere)
    return found.length === 0 ? undefined
      : `--out ${out} would overwrite ${found.join(", ")}, which is not a bundle: move it away, or give another name`
  })

/** The command that puts it on a board, with the files that the owner must have. */
const flashing = (config: DeviceConfig.DeviceConfig, { out }: Options.Given): string => {
  const modules = config.sensors.flatMap((sensor) => BoardRules.moduleOf(sensor) ?? [])
  return [
    "npx dormouse flash --port PORT",
    ...(out === Options.usualOut ? [] : ["--file " + out]),
    ...[...new Set(modules)].map((name) => `--module ${name}.min.js`),
    ...(config.credentials === true ? ["--credentials FILE"] : [])
  ].join(" ")
}

const bundle = (given: Options.Given) =>
  Effect.gen(function*() {
    const files = yield* FileSystem.FileSystem
    const { out } = given
    const config = yield* configured(given.config, given)
    const wrong = (yield* Output.fault(output, out, [given.config])) ?? (yield* foreign(out))
    if (wrong !== undefined) return yield* new BundleError({ message: wrong })
    const source = Place.sources
    const { overlays, script, size } = yield* sayIfSlow("bundling; this takes some seconds",
      making(() => made(config, source, given)))
    const write = (file: string, content: string) =>
      Effect.mapError(Output.write("--out", file, content), (message) => new BundleError({ message }))
    yield* write(out, prologue + "\n" + script.code + "\n")
    yield* Console.log(out + ": " + size)
    if (given.runtime === "effect") {
      yield* Console.error(
        `warning: effect's own runtime takes up to 14,000 of Espruino's variables and 23,500 bytes of its stack, and 70 times the work: for boards with PSRAM`
      )
    }
    // Files that an earlier bundle left there would be flashed, too.
    for (const name of besides) {
      yield* Effect.mapError(files.remove(out + name, { force: true }),
        (fault) => new BundleError({ message: Output.unwritable("--out", out + name)(fault) }))
    }
    for (const { file, script: { code } } of overlays) {
      yield* write(out + file, code)
      yield* Console.log(`${out + file}: ${Buffer.byteLength(code)} bytes, for the board's Storage as ${file}`)
    }
    // Under `flash --config`, which continues by itself, this is not shown.
    if (process.send === undefined) {
      yield* Console.log("Next: " + flashing(config, given))
    }
  }).pipe(Effect.scoped)

/** What the command does. */
export const handle = (given: Options.Given) =>
  Effect.tapErrorTag(bundle(given), "BundleError", ({ message }) => Console.error(message))

if (isMain(import.meta.url)) run(Command.withHandler(bundleCommand, handle))
