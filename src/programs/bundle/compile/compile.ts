/**
 * One module of the program, as TypeScript, compiled to TypeScript that the board's interpreter can run.
 */
import { parseSync, type PluginObj, transformFromAstSync, traverse } from "@babel/core"
import type { File } from "@babel/types"
import { classes, errors } from "./classes.ts"
import { generators } from "./generators.ts"
import * as Keys from "./keys.ts"
import { pipes } from "./pipes.ts"
import { type Pure, pureExports, purity } from "./purity.ts"
import { state } from "./state.ts"
import { exports, type Stubs, stubs } from "./stubs.ts"
import { texts } from "./texts.ts"
import { utf8 } from "./utf8.ts"

const parserOpts = { plugins: ["typescript" as const], sourceType: "module" as const }
const quiet = { babelrc: false, configFile: false, browserslistConfigFile: false } as const

const parse = (code: string, file: string): File => parseSync(code, { ...quiet, filename: file, parserOpts }) as File

/** The classes of errors that a module declares. */
export const errorsIn = (code: string, file: string): ReadonlySet<string> =>
  // Most modules declare none, and to parse takes far longer than to look.
  code.includes("TaggedError") ? errors(parse(code, file).program) : new Set()

/** The exported functions of a module that only make a value. `pureOf` gives those of a module that it imports. */
export const pure = (code: string, file: string, pureOf: (source: string) => Pure): Pure => {
  let found: Pure = new Set()
  traverse(parse(code, file), {
    Program: (program) => {
      found = pureExports(program, pureOf)
      program.stop()
    }
  })
  return found
}

/**
 * What the overlays of a program make of a module: in the program its functions become stubs, in an overlay's bundle it
 * exports them.
 */
export type ModulePart =
  | { readonly _tag: "Resident"; readonly stubs: Stubs }
  | {
    readonly _tag: "Overlay"
    readonly module: string
    readonly exported: ReadonlyArray<string>
    readonly scratch: ReadonlyArray<string>
  }

const partPlugins = (part: ModulePart | undefined): ReadonlyArray<PluginObj> =>
  part === undefined ? []
    : part._tag === "Resident" ? [stubs(part.stubs)]
    : [...(part.exported.length === 0 ? [] : [exports(part.exported)]), state(part.module, part.scratch)]

/** `isTerse` leaves sentences for people out of the codec's errors. */
export interface Options {
  readonly isTerse: boolean
  /** For the device's runtime, on which an effect is a function that does it; left out: with `isTerse`. */
  readonly isDirect?: boolean
  readonly part?: ModulePart | undefined
  /** The classes of errors of an imported module. */
  readonly errorsOf?: ((source: string) => ReadonlySet<string>) | undefined
  /** The functions of an imported module that only make a value. */
  readonly pureOf?: ((source: string) => Pure) | undefined
  /** Marks property names that may be shortened. */
  readonly keys?: Keys.Options | undefined
}

/**
 * Generators to flatMap, pipes to calls, classes of a call to constants, texts to bytes; with a source map inside.
 * Throws `Unsupported`.
 */
export const compile = (
  code: string,
  file: string,
  { errorsOf, isTerse, isDirect = isTerse, keys, part, pureOf }: Options
): string => {
  const result = transformFromAstSync(parse(code, file), code, {
    ...quiet,
    // It was parsed for this.
    cloneInputAst: false,
    filename: file,
    parserOpts,
    sourceMaps: "inline",
    // So that what esbuild says of a line is true of the source.
    retainLines: true,
    plugins: [
      utf8(),
      ...(isTerse ? [texts()] : []),
      generators({ isDirect }),
      // After the plain functions that make effects, so that these can be in an overlay, too.
      ...partPlugins(part),
      pipes(isTerse),
      classes(isTerse, errorsOf),
      purity(pureOf),
      ...(keys ? [Keys.keys(keys)] : [])
    ]
  })
  return result?.code ?? ""
}
