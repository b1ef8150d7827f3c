/**
 * Babel's part: from ES2020 to what the board's interpreter reads, before the script is made small.
 *
 * What the interpreter reads, and is shorter in this form, stays: arrow functions, template literals, for-of over
 * arrays, short properties. Data is plain, so the exact but long forms of the standard (iterators, descriptors,
 * symbols) are left out.
 */
import { transformAsync, type TransformOptions } from "@babel/core"
import { createRequire } from "node:module"
import { aliases } from "./compile/aliases.ts"
import { changes } from "./compile/changes.ts"
import { folding } from "./compile/folding.ts"
import { globals } from "./compile/globals.ts"
import { keyTexts } from "./compile/keys.ts"
import { inlining } from "./compile/inlining.ts"
import { platform } from "./compile/platform.ts"
import { spreads } from "./compile/spreads.ts"
import { uncurry } from "./compile/uncurry.ts"
import { listed } from "./compile/wholeEngine.ts"
import type { Script } from "./modules.ts"

const assumptions = {
  arrayLikeIsIterable: true,
  constantReexports: true,
  ignoreFunctionLength: true,
  iterableIsArray: true,
  noClassCalls: true,
  noDocumentAll: true,
  noNewArrows: true,
  objectRestNoSymbols: true,
  setClassMethods: true,
  setComputedProperties: true,
  setSpreadProperties: true,
  skipForOfIteratorClosing: true,
  superIsCallableConstructor: true
}

const kept = [
  "transform-arrow-functions",
  "transform-template-literals",
  "transform-shorthand-properties",
  "transform-for-of",
  "transform-typeof-symbol",
  "transform-classes",
  "transform-nullish-coalescing-operator",
  "transform-unicode-regex",
  "transform-sticky-regex",
  "transform-literals",
  "transform-property-literals",
  "transform-member-expression-literals",
  "transform-function-name",
  "transform-reserved-words"
]

/** If it is given by name, Babel looks for it from the directory in which the command is called. */
const presetEnv = createRequire(import.meta.url).resolve("@babel/preset-env")

/**
 * The same script in the interpreter's own JavaScript. `isWhole`: with effect's own runtime, whose classes hand
 * arguments on.
 */
export const lower = async (
  { code, map }: Script,
  options: { readonly isWhole: boolean; readonly isOverlay?: boolean }
): Promise<Script> => {
  const result = await transformAsync(code, {
    babelrc: false,
    configFile: false,
    browserslistConfigFile: false,
    sourceType: "script",
    compact: false,
    assumptions,
    sourceMaps: true,
    inputSourceMap: JSON.parse(map) as NonNullable<TransformOptions["inputSourceMap"]>,
    presets: [[presetEnv, {
      modules: false,
      targets: { ie: "10" },
      exclude: options.isWhole ? kept.filter((name) => name !== "transform-classes") : kept,
      useBuiltIns: false
    }]],
    plugins: [
      ...(options.isWhole ? [listed(), spreads()]
        : [spreads(), aliases(), inlining(), uncurry(), folding(options), changes()]),
      platform(),
      globals(),
      keyTexts()
    ]
  })
  return { code: result?.code ?? "", map: JSON.stringify(result?.map) }
}
