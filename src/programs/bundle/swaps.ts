/**
 * Which modules a board gets in another form. One table: a module of `src` on the left, its twin on the right.
 *
 * A twin exports the same names and is swapped in as soon as its file exists. The modules of effect have theirs in one
 * folder, name by name; a name that the device uses and the twin lacks is an error of the bundle.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"

/** The folder of the device-sized runtime: `effect/Ref` is `Ref.ts` there. */
export const runtimeFolder = "adapters/espruino/effect"

const twins: { readonly [module: string]: string } = {
  "domain/packet/Bytes.ts": "adapters/espruino/bytes/Bytes.ts",
  "domain/packet/Reader.ts": "adapters/espruino/bytes/Reader.ts",
  "domain/packet/Writer.ts": "adapters/espruino/bytes/Writer.ts",
  "domain/packet/Framer.ts": "adapters/espruino/bytes/Framer.ts",
  "domain/Crc32.ts": "adapters/espruino/bytes/Crc32.ts",
  "domain/Topic.ts": "adapters/espruino/bytes/Topic.ts"
}

/** The twin of `path` (absolute), if it has one under `source`, the folder src. A twin may import what it replaces. */
export const twinOf = (source: string, path: string): string | undefined => {
  for (const [module, twin] of Object.entries(twins)) {
    if (join(source, module) === path) {
      const swapped = join(source, twin)
      return existsSync(swapped) ? swapped : undefined
    }
  }
  return undefined
}
