/**
 * esbuild's part: from the entry file to one script, with modules swapped and each module of ours compiled on its way
 * in.
 */
import * as esbuild from "esbuild"
import { existsSync } from "node:fs"
import { join, relative, resolve, sep } from "node:path"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { BundleError } from "./BundleError.ts"
import type { ModulePart } from "./compile/compile.ts"
import { markedJson, type Options as Keys } from "./compile/keys.ts"
import { jsonToBytes } from "./compile/utf8.ts"
import { type Compiled, compiling, isLibrary } from "./compiling.ts"
import * as State from "./compile/state.ts"
import { exportedName } from "./compile/stubs.ts"
import { entryOf, namesIn, type Overlay, scratch, stubsOf } from "./overlays.ts"
import { ownJson, reservedNames } from "./reserved.ts"
import { runtimeFolder, type Spared, twinOf } from "./swaps.ts"

/** What is spared is left out of what runs on the device-sized runtime. */
export interface ModulesOptions extends Spared {
  /** The entry file, absolute. */
  readonly entry: string
  /** The folder src, absolute. */
  readonly source: string
  /** The folder of the device-sized runtime, absolute; undefined: effect's own. */
  readonly runtime: string | undefined
  /** Leaves their functions out: the board loads them from separate files. */
  readonly overlays?: ReadonlyArray<Overlay>
  /** Bundles this overlay and not the entry. */
  readonly only?: Overlay
  /** Marks property names that may be shortened (`compile/keys`). */
  readonly shortNames?: boolean
  /** Names in the source that stand for a constant, with its JSON. */
  readonly define: { readonly [name: string]: string }
  /** The code of the sensors in the device's file (`driverCode`). */
  readonly drivers?: string
  /** What was compiled for other bundles of the same sources, to which this one adds. */
  readonly compiled?: Compiled
}

export interface Script {
  readonly code: string
  /** A source map, JSON. */
  readonly map: string
}

/** The module that stands for their code. */
const configuredDrivers = "adapters/espruino/drivers/configured.ts"

/** Where the device-sized runtime lies below `source`, the folder src. */
export const runtimeOf = (source: string): string => join(source, runtimeFolder)

const swapping = (options: ModulesOptions): esbuild.Plugin => ({
  name: "swap",
  setup: (build) => {
    const { drivers, runtime, source } = options
    if (drivers !== undefined) {
      build.onLoad({ filter: /configured\.ts$/ }, ({ path }) =>
        path === join(source, configuredDrivers) ? { contents: drivers, loader: "js" } : undefined)
    }
    build.onResolve({ filter: /^effect\// }, ({ importer, path }) => {
      if (runtime === undefined) return undefined
      const file = join(runtime, path.slice("effect/".length) + ".ts")
      if (existsSync(file)) return { path: file, sideEffects: false }
      const needed = relative(process.cwd(), importer)
      return {
        errors: [{
          text: `${path} has no twin for the device: ${needed} needs it, but there is no ${
            relative(process.cwd(), file)
          }`
        }]
      }
    })
    build.onResolve({ filter: /^\.{0,2}\// }, ({ importer, path, resolveDir }) => {
      if (isLibrary(source, importer)) return undefined
      const file = resolve(resolveDir, path)
      const twin = twinOf(source, file, runtime === undefined ? {} : options)
      return { path: twin === undefined || twin === importer ? file : twin }
    })
  }
})

/** What the program's overlays make of a module, absolute. */
const partOf = (options: ModulesOptions) => {
  const { only, overlays, source } = options
  const json = options.define["deviceConfig"]
  const config = json === undefined ? undefined : JSON.parse(json) as DeviceConfig
  return (file: string): ModulePart | undefined => {
    const module = relative(source, file).split(sep).join("/")
    if (only !== undefined) return { _tag: "Overlay", module, exported: namesIn(only, module), scratch }
    const stubs = overlays && stubsOf(overlays, module, source, config)
    return stubs && { _tag: "Resident", stubs }
  }
}

/**
 * Whether the program's property names are shortened: not with effect's own runtime, whose library has names of its
 * own.
 */
const isShort = ({ runtime, shortNames = false }: ModulesOptions): boolean => runtime !== undefined && shortNames

const keysOf = (options: ModulesOptions) => (file: string): Keys | undefined =>
  isShort(options)
    ? {
      reserved: reservedNames(options.source),
      isOwnJson: ownJson.some((module) => join(options.source, module) === file)
    }
    : undefined

const place = (message: esbuild.Message): string => {
  const { location } = message
  return location === null ? "" : `${relative(process.cwd(), resolve(location.file))}:${location.line}: `
}

/** esbuild's message about a missing name does not help; this one names the module and what to do. */
const explain = (message: esbuild.Message): string => {
  const missing =
    /^(?:No matching export in "(.*)" for import|Import) "(.*?)"(?: will always be undefined because there is no matching export in "(.*)")?$/
      .exec(message.text)
  if (missing === null) return place(message) + message.text
  return `${place(message)}${missing[2]} is missing in ${missing[1] ?? missing[3]}; add it there, or do not import it`
}

const overlayEntry = (overlay: Overlay, source: string): string =>
  entryOf(overlay, source, existsSync(join(source, "ports/Storage.ts")), exportedName)

/** Throws a BundleError for state that would be there twice. */
const checkState = ({ file, parts }: Overlay, code: string): void => {
  const names = State.found(code)
  if (names.length === 0) return
  const functions = parts.flatMap((part) => part.functions).join(", ")
  throw new BundleError({
    message:
      `the overlay ${file} (${functions}) uses variables that change, of which it would have its own copies: ${
        names.join(", ")
      }; ` +
      "give them as arguments, or leave the function in the program. What waits uses those of effect/Fiber.ts"
  })
}

/** One script with everything that the entry reaches. Rejects with a BundleError. */
export const bundleModules = async (options: ModulesOptions): Promise<Script> => {
  try {
    const result = await esbuild.build({
      ...(options.only === undefined
        ? { entryPoints: [options.entry] }
        : {
          stdin: {
            contents: overlayEntry(options.only, options.source),
            resolveDir: options.source,
            sourcefile: "overlay.ts",
            loader: "ts"
          }
        }),
      bundle: true,
      write: false,
      outfile: "device.js",
      target: "es2020",
      format: "esm",
      platform: "neutral",
      mainFields: ["module", "main"],
      sourcemap: "external",
      sourcesContent: false,
      legalComments: "none",
      charset: "utf8",
      treeShaking: true,
      // In one expression statements take more of the C stack.
      minifySyntax: options.runtime !== undefined,
      logLevel: "silent",
      logOverride: { "import-is-undefined": "error" },
      define: Object.fromEntries(
        Object.entries(options.define).map((
          [name, json]
        ) => [name, jsonToBytes(isShort(options) ? markedJson(json, reservedNames(options.source)) : json)])
      ),
      plugins: [swapping(options),
        compiling(options.source, options.runtime !== undefined, { part: partOf(options), keys: keysOf(options) },
          options.compiled)]
    })
    const file = (end: string) => result.outputFiles.find((output) => output.path.endsWith(end))?.text ?? ""
    const script = { code: file(".js"), map: file(".map") }
    if (options.only !== undefined) checkState(options.only, script.code)
    return script
  } catch (error) {
    if (error instanceof BundleError) throw error
    const { errors } = error as esbuild.BuildFailure
    if (!Array.isArray(errors)) throw error
    throw new BundleError({ message: errors.map(explain).join("\n") })
  }
}
