/**
 * terser's part: names and dead code away, in the shape that costs the interpreter least.
 *
 * Calls of small functions are inlined, which saves variables, stack and work. Where a function that is used once
 * belongs has been decided before (compile/folding): to make a closure the interpreter reads its body again, which
 * terser does not know. Sequences are off because the interpreter reads them wrongly in places.
 */
import { type CompressOptions, minify as terser } from "terser"
import { platformNames } from "./dialect/platformNames.ts"
import type { Script } from "./modules.ts"
import * as Names from "./Names.ts"

/**
 * Names that no variable of ours may get: short ones of the platform, `$`, which `repair` has a use for, and a keyword.
 * Those that are so called already would keep their name (`compile/globals`).
 */
const reserved = ["$", "of", ...[...platformNames].filter((name) => name.length < 5)]

/**
 * Names short and unused code away, but statements as they are: in one expression they take a quarter more of the C
 * stack.
 */
const compressWhole: CompressOptions = { defaults: false, dead_code: true, unused: true, toplevel: true }

/** The same script, small. `isWhole`: with effect's own runtime. `names`: what properties are called. */
export const minify = async (
  { code, map }: Script,
  { isWhole, names }: { readonly isWhole: boolean; readonly names?: Names.Names | undefined }
): Promise<Script> => {
  const nameCache = names && Names.toCache(names)
  const result = await terser(code, {
    ecma: 2015,
    toplevel: true,
    compress: isWhole ? compressWhole : {
      passes: 3,
      toplevel: true,
      sequences: false,
      inline: 3,
      reduce_funcs: false,
      collapse_vars: true,
      hoist_funs: false,
      hoist_vars: false,
      join_vars: true,
      keep_fargs: false,
      pure_getters: true,
      booleans_as_integers: false,
      unsafe_arrows: true,
      unsafe_undefined: false,
      computed_props: true
    },
    mangle: { toplevel: true, reserved, ...(names ? { properties: { regex: /_\$$/, builtins: true } } : {}) },
    ...(nameCache ? { nameCache } : {}),
    format: { ecma: 2015, comments: false, ascii_only: true },
    sourceMap: { content: map, asObject: false }
  })
  if (names && nameCache) Names.check(names, nameCache)
  return { code: result.code ?? "", map: String(result.map) }
}
