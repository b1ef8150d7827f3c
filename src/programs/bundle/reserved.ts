/**
 * Property names that leave the board, and so are not shortened anywhere: those of the platform's objects, of a
 * device's events and of its snapshot, as the types in the source say, and those of the language.
 */
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parseSync, traverse } from "@babel/core"
import { types as t } from "@babel/core"

/** Modules of `src`, and the types in them whose names leave; `undefined`: all. */
const leaving: ReadonlyArray<readonly [module: string, types: ReadonlyArray<string> | undefined]> = [
  ["adapters/espruino/platform/platform.ts", undefined],
  ["domain/wake/WakeEvent.ts", undefined],
  ["domain/state/SnapshotContent.ts", ["Content"]],
  ["domain/state/OlderSnapshot.ts", ["Older"]]
]

/** Methods that the interpreter lacks or nobody needs: a property may have such a name. */
const unused: ReadonlyArray<string> = ["entries", "at", "link", "big", "small", "sub", "sup", "bold", "fixed", "blink",
  "anchor", "strike"]

const owners = [
  Object,
  Function,
  Array,
  String,
  Number,
  Boolean,
  Promise,
  Error,
  RegExp,
  Date,
  ArrayBuffer,
  DataView,
  Uint8Array,
  Object.getPrototypeOf(Uint8Array) as { readonly prototype: object }
]

const language: ReadonlyArray<string> = owners
  .flatMap(({ prototype }) => Object.getOwnPropertyNames(prototype))
  .filter((name) => !unused.includes(name))

/**
 * Names in the files that are not a property of any type: a service is kept under the first, and a function has the
 * second.
 */
const others: ReadonlyArray<string> = ["v", "prototype", "__proto__"]

/**
 * The names of properties that `types` of a module have. A property that a type writes as a text is written as a text
 * wherever it is used, or is a field of `platform`.
 */
export const namesIn = (code: string, types: ReadonlyArray<string> | undefined): ReadonlyArray<string> => {
  const ast = parseSync(code, {
    babelrc: false,
    configFile: false,
    browserslistConfigFile: false,
    parserOpts: { plugins: ["typescript"], sourceType: "module" }
  })
  const names: Array<string> = []
  const see = (key: t.Node): void => {
    if (t.isIdentifier(key)) names.push(key.name)
  }
  const all = (node: t.Node): void => {
    t.traverseFast(node, (each) => {
      if (t.isTSPropertySignature(each) || t.isTSMethodSignature(each)) see(each.key)
    })
  }
  traverse(ast as t.File, {
    TSInterfaceDeclaration: ({ node }) => {
      if (types === undefined || types.includes(node.id.name)) all(node)
    },
    TSTypeAliasDeclaration: ({ node }) => {
      if (types === undefined || types.includes(node.id.name)) all(node)
    }
  })
  return names
}

const known = new Map<string, ReadonlySet<string>>()

/** For the folder src, absolute. */
export const reservedNames = (source: string): ReadonlySet<string> => {
  const found = known.get(source)
  if (found !== undefined) return found
  const typed = leaving.flatMap(([module, types]) => {
    const file = join(source, module)
    return existsSync(file) ? namesIn(readFileSync(file, "utf8"), types) : []
  })
  const names = new Set([...language, ...others, ...typed])
  known.set(source, names)
  return names
}

/** Modules that make JSON which only this board reads again: its snapshots, its configuration. */
export const ownJson: ReadonlyArray<string> = ["domain/state/Snapshot.ts", "adapters/espruino/twins/fullConfig.ts"]
