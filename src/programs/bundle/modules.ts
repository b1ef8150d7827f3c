/**
 * esbuild's part: from the entry file to one script, with modules swapped and each module of ours compiled on its way in.
 */
import * as esbuild from "esbuild"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve, sep } from "node:path"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import { BundleError } from "./BundleError.ts"
import { arities, compile, immediate, voids } from "./compile/compile.ts"
import type * as Immediate from "./compile/Immediate.ts"
import { shortened } from "./compile/names.ts"
import { jsonToBytes } from "./compile/utf8.ts"
import { Unsupported } from "./compile/Unsupported.ts"
import { type Aside, asides, entryOf, everyday, runtimeFolder, stubOf, twinOf } from "./swaps.ts"

export interface ModulesOptions {
  /** The entry file, absolute. */
  readonly entry: string
  /** The folder src, absolute. */
  readonly source: string
  /** The folder of the device-sized runtime, absolute; undefined: effect's own. */
  readonly runtime: string | undefined
  /** Leaves the asides out: the board reads them from files of their own. */
  readonly apart?: boolean
  /** Bundles this aside and not the entry. */
  readonly only?: Aside
  /** Names in the source that stand for a constant, with its JSON. */
  readonly define: { readonly [name: string]: string }
  /** The board sleeps between readings, so what keeps one on is left out of what runs on the device-sized runtime. */
  readonly sleeps?: boolean
  /** Every sensor is read at each wake, so a wake without anything to say is left out as well. */
  readonly steady?: boolean
  /** What was compiled for other bundles of the same sources, and this one adds to. */
  readonly compiled?: Compiled
}

/** What is to be known of modules of ours, and their compiled code, each made once. Their files must not change meanwhile. */
export interface Compiled {
  readonly contents: (file: string, isTerse: boolean) => string
}

export interface Script {
  readonly code: string
  /** A source map, JSON. */
  readonly map: string
}

/** Where the device-sized runtime lies below `source`, the folder src. */
export const runtimeOf = (source: string): string => join(source, runtimeFolder)

const swapping = (options: ModulesOptions): esbuild.Plugin => ({
  name: "swap",
  setup: (build) => {
    const { runtime, source } = options
    build.onResolve({ filter: /^effect\// }, ({ importer, path }) => {
      if (runtime === undefined) return undefined
      const file = join(runtime, path.slice("effect/".length) + ".ts")
      if (existsSync(file)) return { path: file, sideEffects: false }
      const needed = relative(process.cwd(), importer)
      return { errors: [{ text: `${path} has no twin for the device: ${needed} needs it, but there is no ${relative(process.cwd(), file)}` }] }
    })
    build.onResolve({ filter: /^\.{0,2}\// }, ({ importer, path, resolveDir }) => {
      if (isLibrary(source, importer)) return undefined
      const file = resolve(resolveDir, path)
      const twin = twinOf(source, file, options.sleeps && runtime !== undefined, options.steady && runtime !== undefined)
      return { path: twin === undefined || twin === importer ? file : twin }
    })
  }
})

/** Puts stubs in place of what the program reads from files of their own. */
const parting = (options: ModulesOptions): esbuild.Plugin => ({
  name: "part",
  setup: (build) => {
    if (options.apart !== true || options.only !== undefined) return
    const config = options.define["deviceConfig"]
    const kept = config === undefined ? [] : everyday(JSON.parse(config) as DeviceConfig)
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const module = relative(options.source, path)
      const aside = asides.find(({ modules }) => module in modules)
      return aside === undefined || kept.includes(module) ? undefined : { contents: stubOf(aside, module, options.source, arities(readFileSync(path, "utf8"), path)), loader: "ts" }
    })
  }
})

/** Left as it is. Our own sources may lie in node_modules, too, once they are installed. */
const isLibrary = (source: string, file: string): boolean => file.includes("node_modules") && !file.startsWith(source + sep)

/** What is to be known of each file, looked up once; `none` of what is no file, and of one that is being looked up. */
const remembered = <A>(none: A, look: (code: string, file: string) => A) => {
  const known = new Map<string, A>()
  return (file: string): A => {
    const found = known.get(file)
    if (found !== undefined) return found
    known.set(file, none)
    if (existsSync(file)) known.set(file, look(readFileSync(file, "utf8"), file))
    return known.get(file) ?? none
  }
}

/** For bundles of sources that stay as they are. */
export const compiled = (): Compiled => {
  const voidsOf = remembered<ReadonlySet<string>>(new Set(), voids)
  const immediateOf: (file: string) => Immediate.Functions = remembered<Immediate.Functions>(new Map(), (code, file) =>
    immediate(code, file, (source) => immediateOf(resolve(dirname(file), source))))
  const known = new Map<string, string>()
  const make = (file: string, isTerse: boolean): string => {
    const imported = (source: string) => resolve(dirname(file), source)
    return compile(readFileSync(file, "utf8"), file, {
      exportsOf: (source) => voidsOf(imported(source)),
      immediateOf: isTerse ? (source) => immediateOf(imported(source)) : undefined,
      isTerse
    })
  }
  return {
    contents: (file, isTerse) => {
      const key = isTerse + file
      const contents = known.get(key) ?? make(file, isTerse)
      known.set(key, contents)
      return contents
    }
  }
}

/** Compiles each module of ours on its way in. */
export const compiling = (source: string, isTerse: boolean, { contents }: Compiled = compiled()): esbuild.Plugin => ({
  name: "compile",
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (isLibrary(source, path)) return undefined
      try {
        return { contents: contents(path, isTerse), loader: "ts" }
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error
        const location = { file: path, line: error.line, column: error.column }
        return { errors: [{ text: error.reason, location }] }
      }
    })
})

const place = (message: esbuild.Message): string => {
  const { location } = message
  return location === null ? "" : `${relative(process.cwd(), resolve(location.file))}:${location.line}: `
}

/** What esbuild says of a name that a module lacks names esbuild's idea of it; ours names the module and the remedy. */
const explain = (message: esbuild.Message): string => {
  const missing = /^(?:No matching export in "(.*)" for import|Import) "(.*?)"(?: will always be undefined because there is no matching export in "(.*)")?$/.exec(message.text)
  if (missing === null) return place(message) + message.text
  return `${place(message)}${missing[2]} is missing in ${missing[1] ?? missing[3]}; add it there or do without it`
}

/** One script with everything that the entry reaches. Rejects with a BundleError. */
export const bundleModules = async (options: ModulesOptions): Promise<Script> => {
  try {
    const result = await esbuild.build({
      ...(options.only === undefined
        ? { entryPoints: [options.entry] }
        : { stdin: { contents: entryOf(options.only, options.source), resolveDir: options.source, sourcefile: "aside.ts", loader: "ts" } }),
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
      define: Object.fromEntries(Object.entries(options.define).map(([name, json]) =>
        [name, jsonToBytes(options.runtime === undefined ? json : shortened(json))])),
      plugins: [swapping(options), parting(options), compiling(options.source, options.runtime !== undefined, options.compiled)]
    })
    const file = (end: string) => result.outputFiles.find((output) => output.path.endsWith(end))?.text ?? ""
    return { code: file(".js"), map: file(".map") }
  } catch (error) {
    const { errors } = error as esbuild.BuildFailure
    if (!Array.isArray(errors)) throw error
    throw new BundleError({ message: errors.map(explain).join("\n") })
  }
}
