/**
 * From the entry file to the script for the board: bundle, lower, minify, repair, check.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import { BundleError } from "./BundleError.ts"
import { shortened } from "./compile/names.ts"
import * as Dialect from "./dialect.ts"
import { lower } from "./lower.ts"
import { minify } from "./minify.ts"
import { bundleModules, compiled, type Compiled, type ModulesOptions, runtimeOf, type Script } from "./modules.ts"
import { repair } from "./repair.ts"
import { asides, carried, configFile, isSteady, wrap } from "./swaps.ts"

export interface BuildOptions extends ModulesOptions, Sharing {
  readonly minify: boolean
}

/** What builds may have from each other. They make the same scripts without it. */
export interface Sharing {
  readonly compiled?: Compiled
  /** Gives what was made of `what` before, or `make` makes it: of `what`, by this program and its packages, and nothing else. */
  readonly kept?: (what: string, make: () => Promise<Script>) => Promise<Script>
}

/** The script behind `before`, whose lines its source map then leaves out. */
const behind = (before: string, { code, map }: Script, after = ""): Script => {
  const parsed = JSON.parse(map) as { readonly mappings: string }
  const mappings = ";".repeat(before.split("\n").length - 1) + parsed.mappings
  return { code: before + code + after, map: JSON.stringify({ ...parsed, mappings }) }
}

/**
 * `inside`: the script will be the body of a function. One that keeps its long names becomes that here, for some of them are names
 * of the platform. Short ones stay global: `minify` gives none of the platform's, and a function around all costs the stack of a
 * call and a search of all names for each of the platform's.
 */
const scriptOf = async (options: BuildOptions, inside: boolean): Promise<Script> => {
  const given = { bundled: await bundleModules(options), isWhole: options.runtime === undefined, minify: options.minify, inside }
  return options.kept === undefined ? finished(given) : options.kept(JSON.stringify(given), () => finished(given))
}

interface Given {
  readonly bundled: Script
  readonly isWhole: boolean
  readonly minify: boolean
  readonly inside: boolean
}

const finished = async ({ bundled, inside, isWhole, minify: isMinified }: Given): Promise<Script> => {
  const lowered = await lower(bundled, { isWhole })
  if (isMinified) return repair(await minify(lowered, { isWhole }), { minified: true, inside, isWhole })
  const script = await repair(lowered, { minified: false, inside: true, isWhole })
  return inside ? script : behind("(function(){\n", script, "\n})();\n")
}

/** What effect's own runtime finds in a whole engine. A script of its own, so that it is there before the program begins. */
const engine = "adapters/espruino/engine/collections.ts"

const onEngine = async (options: BuildOptions): Promise<Script> => {
  const script = await scriptOf(options, false)
  const { code } = await scriptOf({ ...options, entry: join(options.source, engine), define: {} }, true)
  return behind(`(function(){${code}})();\n`, script)
}

/** Rejects with a BundleError. */
export const build = async (options: BuildOptions): Promise<Script> => {
  // Effect's own runtime has code that Espruino cannot run, and that no wake runs.
  if (options.runtime === undefined) return onEngine(options)
  const script = await scriptOf(options, options.only !== undefined)
  // The names of what will be a function are not global.
  const faults = Dialect.check(script.code, options.only === undefined ? [] : ["global name of the platform"])
  if (faults.length > 0) throw new BundleError({ message: Dialect.show(faults, script.map) })
  return script
}

/** A file for the board's Storage, beside the boot code. */
export interface AsideFile {
  readonly file: string
  readonly script: Script
}

/** What the program leaves out with `apart`, each as a file of its own. Rejects with a BundleError. */
export const buildAsides = async (options: BuildOptions): Promise<ReadonlyArray<AsideFile>> => {
  const files: Array<AsideFile> = []
  for (const aside of asides.filter(({ modules }) => Object.keys(modules).every((module) => existsSync(join(options.source, module))))) {
    const script = await build({ ...options, apart: true, only: aside })
    files.push({ file: aside.file, script: { ...script, code: wrap(script.code) } })
  }
  return files
}

/** Whose effects a board's program runs on: of a board's size, or effect's own, for boards with much memory. */
export type Runtime = "device" | "effect"

export interface BoardOptions extends Sharing {
  /** The folder src, absolute. */
  readonly source: string
  readonly runtime: Runtime
  readonly minify: boolean
}

export interface BoardScripts {
  /** The boot code, without the prologue. */
  readonly script: Script
  readonly asides: ReadonlyArray<AsideFile>
}

/** The device program with its configuration, as a board gets it. Rejects with a BundleError. */
export const buildBoard = async (config: DeviceConfig, { minify, runtime, source, ...sharing }: BoardOptions): Promise<BoardScripts> => {
  const isDevice = runtime === "device"
  const options = {
    entry: join(source, "programs", isDevice ? "main.espruino.ts" : "main.espruinoEffect.ts"),
    source,
    runtime: isDevice ? runtimeOf(source) : undefined,
    define: { deviceConfig: JSON.stringify(config) },
    minify,
    apart: isDevice,
    sleeps: config.deepSleep,
    steady: isSteady(config),
    // Most modules are in several of the files.
    compiled: compiled(),
    ...sharing
  }
  const script = await build(options)
  if (!isDevice) return { script, asides: [] }
  const data = { file: configFile, script: { code: shortened(carried(options.define.deviceConfig)), map: "" } }
  return { script, asides: [...await buildAsides(options), data] }
}
