/**
 * From the entry file to the script for the board: bundle, lower, minify, repair, check.
 */
import { join } from "node:path"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { BundleError } from "./BundleError.ts"
import { renamed } from "./compile/keys.ts"
import * as Dialect from "./dialect.ts"
import { driverCode } from "./driverCode.ts"
import { lower } from "./lower.ts"
import { minify } from "./minify.ts"
import { compiled, type Compiled } from "./compiling.ts"
import { bundleModules, type ModulesOptions, runtimeOf, type Script } from "./modules.ts"
import { Unsupported } from "./compile/Unsupported.ts"
import { residentConfig } from "./residentConfig.ts"
import { sparedBy } from "./sparedBy.ts"
import * as Names from "./Names.ts"
import { repair } from "./repair.ts"
import { configFile, overlaysOf, wrap } from "./overlays.ts"

export interface BuildOptions extends ModulesOptions, Sharing {
  readonly minify: boolean
  /** The names of properties in the other files of the same board; this file adds its own. */
  readonly names?: Names.Names
}

/** What builds may reuse from each other. They make the same scripts without it. */
export interface Sharing {
  readonly compiled?: Compiled
  /**
   * Returns what was made of `what` before, or what `make` makes of it: it depends only on `what`, this program and its
   * packages.
   */
  readonly kept?: (what: string, make: () => Promise<Script>) => Promise<Script>
}

/** The script after `before`, whose lines its source map then leaves out. */
const behind = (before: string, { code, map }: Script, after = ""): Script => {
  const parsed = JSON.parse(map) as { readonly mappings: string }
  const mappings = ";".repeat(before.split("\n").length - 1) + parsed.mappings
  return { code: before + code + after, map: JSON.stringify({ ...parsed, mappings }) }
}

/** A script before it is made small. */
interface Lowered {
  readonly options: BuildOptions
  readonly script: Script
}

/** What `make` makes of `what`, or made of it before. */
const kept = (options: BuildOptions, what: object, make: () => Promise<Script>): Promise<Script> =>
  options.kept === undefined ? make() : options.kept(JSON.stringify(what), make)

const lowered = async (given: BuildOptions): Promise<Lowered> => {
  const options = { shortNames: given.minify, ...given }
  const how = { isWhole: options.runtime === undefined, isOverlay: options.only !== undefined }
  const bundled = await bundleModules(options)
  return { options, script: await kept(options, { bundled, ...how }, () => lower(bundled, how)) }
}

const repaired: typeof repair = async (script, how) => {
  try {
    return await repair(script, how)
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error
    throw new BundleError({ message: `${Dialect.placeOf(script.map, error.line, error.column)}: ${error.reason}` })
  }
}

const printed = async ({ options, script }: Lowered, names: Names.Names, inside: boolean): Promise<Script> => {
  const isWhole = options.runtime === undefined
  if (options.minify) {
    const small = await minify(script, { isWhole, names: isWhole ? undefined : names })
    return repaired(small, { minified: true, inside, isWhole })
  }
  const made = await repaired(script, { minified: false, inside: true, isWhole })
  return inside ? made : behind("(function(){\n", made, "\n})();\n")
}

/** Throws a BundleError for what Espruino cannot run. The names of what will be a function are not global. */
const check = ({ code, map }: Script, isFunction: boolean): void => {
  const faults = Dialect.check(code, isFunction ? ["global name of the platform"] : [])
  if (faults.length > 0) throw new BundleError({ message: Dialect.show(faults, map) })
}

/**
 * `inside`: the script will be the body of a function. A script with long names becomes one here, because some of its
 * names are names of the platform. Short names stay global: `minify` gives none of the platform's, and a function
 * around everything costs the stack of a call and a search of all names for each of the platform's.
 */
const finish = ({ options, script }: Lowered, names: Names.Names, inside: boolean): Promise<Script> => {
  const isWhole = options.runtime === undefined
  const short = isWhole ? [] : [...names.short]
  return kept(options, { script, short, inside, isWhole, minify: options.minify }, async () => {
    const made = await printed({ options, script }, names, inside)
    // Effect's own runtime has code that Espruino cannot run, and that no wake runs.
    if (!isWhole) check(made, inside)
    return made
  })
}

/** What effect's own runtime needs from an engine. A separate script, so that it is there before the program begins. */
const engine = "adapters/espruino/engine/collections.ts"

const onEngine = async (options: BuildOptions): Promise<Script> => {
  const script = await finish(await lowered(options), Names.make(), false)
  const { code } = await finish(await lowered({ ...options, entry: join(options.source, engine), define: {} }),
    Names.make(), true)
  return behind(`(function(){${code}})();\n`, script)
}

const checked = async (low: Lowered, names: Names.Names): Promise<Script> => {
  const isOverlay = low.options.only !== undefined
  const script = await finish(low, names, isOverlay)
  return isOverlay ? { ...script, code: wrap(script.code) } : script
}

/** Rejects with a BundleError. */
export const build = async (options: BuildOptions): Promise<Script> => {
  if (options.runtime === undefined) return onEngine(options)
  const low = await lowered(options)
  const names = options.names ?? Names.make()
  Names.extend(names, [low.script.code])
  return checked(low, names)
}

/** A file for the board's Storage, beside the boot code. */
export interface OverlayFile {
  readonly file: string
  readonly script: Script
}

/**
 * The program, unless only its overlays are `wanted`, and what it leaves out with `overlays`, each as a file of its
 * own.
 */
const buildAll = async (options: BuildOptions, wanted: "all" | "overlays") => {
  const names = options.names ?? Names.make()
  const overlays = options.overlays ?? []
  const lows: Array<Lowered> = []
  if (wanted === "all") lows.push(await lowered(options))
  for (const overlay of overlays) lows.push(await lowered({ ...options, only: overlay }))
  Names.extend(names, lows.map(({ script }) => script.code))
  const scripts: Array<Script> = []
  for (const low of lows) scripts.push(await checked(low, names))
  const files = overlays.map(({ file }, index): OverlayFile => ({
    file,
    script: scripts[scripts.length - overlays.length + index] as Script
  }))
  return { script: scripts[0] as Script, overlays: files, names }
}

/** What the program leaves out with `overlays`. Rejects with a BundleError. */
export const buildOverlays = async (options: BuildOptions): Promise<ReadonlyArray<OverlayFile>> =>
  (await buildAll(options, "overlays")).overlays

/** Whose effects a board's program runs on: the small runtime, or effect's own, for boards with much memory. */
export type Runtime = "device" | "effect"

export interface BoardOptions extends Sharing {
  /** The folder src, absolute. */
  readonly source: string
  readonly runtime: Runtime
  readonly minify: boolean
  /** Whether properties get short names; left out: with `minify`. */
  readonly shortNames?: boolean
}

export interface BoardScripts {
  /** The boot code, without the prologue. */
  readonly script: Script
  readonly overlays: ReadonlyArray<OverlayFile>
  /** The names of properties in them, and in the configuration that is stored. */
  readonly names: Names.Names
}

/** The configuration beside a program whose properties have these names, as a file. */
export const configFor = (config: DeviceConfig, names: Names.Names): string =>
  renamed(residentConfig(JSON.stringify(config)), (key) => Names.of(names, key))

/** How the device program is bundled for a board with this configuration. */
export const boardOptions = (
  config: DeviceConfig,
  { minify, runtime, shortNames = minify, source, ...sharing }: BoardOptions
): BuildOptions => {
  const isDevice = runtime === "device"
  return {
    entry: join(source, "programs/device", isDevice ? "main.espruino.ts" : "main.espruinoEffect.ts"),
    source,
    runtime: isDevice ? runtimeOf(source) : undefined,
    define: { deviceConfig: JSON.stringify(config) },
    drivers: driverCode(config),
    minify,
    shortNames,
    overlays: isDevice ? overlaysOf(config) : [],
    ...sparedBy(config),
    // Most modules are in several of the files.
    compiled: compiled(),
    ...sharing
  }
}

/** The device program with its configuration, as a board gets it. Rejects with a BundleError. */
export const buildBoard = async (config: DeviceConfig, how: BoardOptions): Promise<BoardScripts> => {
  const options = boardOptions(config, how)
  if (options.runtime === undefined) return { script: await build(options), overlays: [], names: Names.make() }
  const { names, overlays, script } = await buildAll(options, "all")
  const data = { file: configFile, script: { code: configFor(config, names), map: "" } }
  return { script, overlays: [...overlays, data], names }
}
