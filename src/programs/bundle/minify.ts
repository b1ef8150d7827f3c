/**
 * terser's part: it shortens names and removes dead code, in the form that costs the interpreter least.
 *
 * Calls of small functions are inlined, which saves variables, stack and work. compile/folding has decided before where
 * a function belongs that is used once: to make a closure the interpreter reads its body again, which terser does not
 * know. Sequences are off because the interpreter reads them wrongly in places.
 */
import { type CompressOptions, minify as terser } from "terser"
import { platformNames } from "./dialect/platformNames.ts"
import type { Script } from "./modules.ts"
import * as Names from "./Names.ts"

/**
 * Names that no variable of the script may get: short ones of the platform, `$`, which `repair` uses, and a keyword. A
 * variable that has such a name already would keep it (`compile/globals`).
 */
const reserved = ["$", "of", ...[...platformNames].filter((name) => name.length < 5)]

/**
 * Short names and no unused code, but statements as they are: in one expression they take a quarter more of the C
 * stack.
 */
const compressWhole: CompressOptions = { defaults: false, dead_code: true, unused: true, toplevel: true }

/** The same script, small. `isWhole`: with effect's own runtime. `names`: the names of properties. */
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
      // A read whose value nobody uses goes, also one that would throw: no source of ours has such a one.
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
