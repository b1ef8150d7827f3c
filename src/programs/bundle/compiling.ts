/**
 * The program's own modules on their way into a bundle, each compiled once.
 */
import type * as esbuild from "esbuild"
import { existsSync, readFileSync } from "node:fs"
import { dirname, resolve, sep } from "node:path"
import { compile, errorsIn, type ModulePart, pure } from "./compile/compile.ts"
import type { Options as Keys } from "./compile/keys.ts"
import { Unsupported } from "./compile/Unsupported.ts"

/**
 * What is to be known of modules of ours, and their compiled code, each made once. Their files must not change
 * meanwhile.
 */
export interface Compiled {
  readonly contents: (file: string, how: How) => string
}

/** How a module is compiled. */
export interface How {
  readonly isTerse: boolean
  readonly part?: ModulePart | undefined
  readonly keys?: Keys | undefined
}

/** Left as it is. The program's own sources may be in node_modules, too, once they are installed. */
export const isLibrary = (source: string, file: string): boolean =>
  file.includes("node_modules") && !file.startsWith(source + sep)

/** What is known of each file, looked up once; `none` if it is not a file, or is being looked up. */
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

/** What is made of a module besides its compiled code. */
export interface Ways {
  readonly part: (file: string) => ModulePart | undefined
  readonly keys: (file: string) => Keys | undefined
}

/** For bundles of sources that stay as they are. */
export const compiled = (): Compiled => {
  const errorsOf = remembered<ReadonlySet<string>>(new Set(), errorsIn)
  const pureOf: (file: string) => ReadonlySet<string> = remembered<ReadonlySet<string>>(new Set(),
    (code, file) => pure(code, file, (source) => pureOf(resolve(dirname(file), source))))
  const known = new Map<string, string>()
  const make = (file: string, how: How): string => {
    const imported = (source: string) => resolve(dirname(file), source)
    return compile(readFileSync(file, "utf8"), file, {
      ...how,
      errorsOf: (source) => errorsOf(imported(source)),
      pureOf: (source) => pureOf(imported(source))
    })
  }
  return {
    contents: (file, how) => {
      const key = keyOf(file, how)
      const contents = known.get(key) ?? make(file, how)
      known.set(key, contents)
      return contents
    }
  }
}

/** A part's stubs are a map, which JSON has no form for. */
const partKey = (part: ModulePart | undefined): unknown =>
  part?._tag === "Resident" ? [part.stubs.loader, [...part.stubs.functions]] : part

/** Distinguishes what is made of a module from what else may be made of it. */
export const keyOf = (file: string, { isTerse, keys, part }: How): string =>
  JSON.stringify([file, isTerse, keys && [keys.isOwnJson, [...keys.reserved]], partKey(part)])

/** Compiles each module of the program on its way in. */
export const compiling = (
  source: string,
  isTerse: boolean,
  ways?: Ways,
  { contents }: Compiled = compiled()
): esbuild.Plugin => ({
  name: "compile",
  setup: (build) =>
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (isLibrary(source, path)) return undefined
      try {
        return { contents: contents(path, { isTerse, part: ways?.part(path), keys: ways?.keys(path) }), loader: "ts" }
      } catch (error) {
        if (!(error instanceof Unsupported)) throw error
        const location = { file: path, line: error.line, column: error.column }
        return { errors: [{ text: error.reason, location }] }
      }
    })
})
