/**
 * The dialect checker: it says where the board's interpreter would fail on a script, although the script is valid
 * JavaScript.
 *
 * Each rule was found by running the interpreter, and a test checks each rule with it. Anybody who writes for the board
 * can check a script; the bundle checks itself.
 */
import { SourceMap } from "node:module"
import { relative } from "node:path"
import { parseSync, traverse } from "@babel/core"
import { libraryRules } from "./dialect/libraryRules.ts"
import { regexpRules } from "./dialect/regexpRules.ts"
import type { Rule } from "./dialect/Rule.ts"
import { scopeRules } from "./dialect/scopeRules.ts"
import { syntaxRules } from "./dialect/syntaxRules.ts"

export const rules: ReadonlyArray<Rule> = [...scopeRules, ...syntaxRules, ...libraryRules, ...regexpRules]

export interface Fault {
  readonly rule: string
  readonly fix: string
  /** Counts from 1. */
  readonly line: number
  /** Counts from 0. */
  readonly column: number
  /** The code on which it fails, shortened. */
  readonly code: string
}

/**
 * What a script with effect's own runtime has in addition (adapters/espruino/engine): names, as a script writes them,
 * and rules that do not matter there.
 */
export const engine: ReadonlyArray<string> = [
  "Symbol",
  "Map",
  "Set",
  "WeakMap",
  "WeakSet",
  "Reflect",
  "BigInt",
  "Object.is",
  "Object.freeze",
  "Object.isExtensible",
  "Object.getOwnPropertySymbols",
  "Object.hasOwn",
  "Number.isNaN",
  "Number.isFinite",
  "Number.isInteger",
  "Number.isSafeInteger",
  "Math.trunc",
  "Math.imul",
  "Array.from",
  "Object.create with properties",
  "non-enumerable property"
]

/** Where the interpreter would fail on `code`, a script. `has`: what the script may use in addition. */
export const check = (code: string, has: ReadonlyArray<string> = []): ReadonlyArray<Fault> => {
  const ast = parseSync(code, {
    babelrc: false,
    configFile: false,
    sourceType: "script",
    parserOpts: { allowReturnOutsideFunction: true }
  })
  const faults: Array<Fault> = []
  if (!ast) return faults
  traverse(ast, {
    enter: (path) => {
      for (const rule of rules) {
        if (!rule.trips(path)) continue
        const { end, loc, start } = path.node
        const { column, line } = loc?.start ?? { column: 0, line: 1 }
        const tripping = code.slice(start ?? 0, Math.min(end ?? 0, (start ?? 0) + 60))
        if (has.includes(rule.name) || has.includes(tripping)) continue
        faults.push({ rule: rule.name, fix: rule.fix, line, column, code: tripping })
      }
    }
  })
  return faults
}

/** Where a line (from 1) and a column (from 0) of a script come from, as far as its source map says. */
const sourceOf = (sources: SourceMap | undefined, line: number, column: number): string => {
  const entry = sources?.findEntry(line - 1, column)
  return entry !== undefined && "originalSource" in entry && entry.originalSource
    ? relative(process.cwd(), entry.originalSource) + ":" + (entry.originalLine + 1)
    : `line ${line}, column ${column}`
}

const parsed = (map: string): SourceMap => new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0])

/** The same for one place. */
export const placeOf = (map: string, line: number, column: number): string => sourceOf(parsed(map), line, column)

/** One line for each fault, with the line of the source that it comes from if `map` says so. */
export const show = (faults: ReadonlyArray<Fault>, map: string | undefined): string => {
  const sources = map === undefined ? undefined : parsed(map)
  const lines = faults.map(({ code, column, fix, line, rule }) => {
    return `${sourceOf(sources, line, column)}: ${rule}, which the board's interpreter lacks or does differently: ${
      code.split("\n")[0]
    } (${fix})`
  })
  return lines.filter((line, index) => lines.indexOf(line) === index).join("\n")
}
