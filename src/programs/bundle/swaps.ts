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
  "domain/packet/Incoming.ts": "adapters/espruino/bytes/Incoming.ts",
  "domain/packet/Outgoing.ts": "adapters/espruino/bytes/Outgoing.ts",
  "domain/Crc32.ts": "adapters/espruino/bytes/Crc32.ts",
  "domain/Hmac.ts": "adapters/espruino/bytes/Hmac.ts",
  "domain/ConnectionRefused.ts": "adapters/espruino/bytes/ConnectionRefused.ts"
}

/** A module that the board reads only when it calls it, from a file of its own beside the boot code. */
export interface Aside {
  readonly module: string
  /** Its one function that the program calls: of one parameter, plain data in and out. */
  readonly name: string
  /** The file's name in the board's Storage. No name of the Storage port begins with a dot. */
  readonly file: string
}

export const asides: ReadonlyArray<Aside> = [{ module: "programs/device/Settlement.ts", name: "settlement", file: ".review" }]

/**
 * What the program gets in place of an aside: a function that reads the file, calls what it holds and forgets it. The file
 * is a function that hands out the module's one, so that none of its names meets a name of the program.
 */
export const stubOf = ({ file, name }: Aside): string => `
export const ${name} = (value) => {
  let found
  globalThis.eval(globalThis.require("Storage").read("${file}"))((it) => { found = it })
  return found(value)
}`

/** The entry of an aside's own bundle. */
export const entryOf = ({ module, name }: Aside, source: string): string =>
  `import { ${name} } from ${JSON.stringify(join(source, module))}\n$aside(${name})\n`

/** An aside's script as the file that a stub reads. */
export const wrap = (code: string): string => `(function($aside){${code}})`

/** For a board that sleeps: it need not know how to stay on. */
const sleepingTwins: { readonly [module: string]: string } = {
  "programs/device/alwaysOn.ts": "adapters/espruino/lazy/alwaysOn.ts",
  "programs/device/patience.ts": "adapters/espruino/lazy/patience.ts"
}

/** The twin of `path` (absolute), if it has one under `source`, the folder src. A twin may import what it replaces. */
export const twinOf = (source: string, path: string, sleeps = false): string | undefined => {
  for (const [module, twin] of Object.entries(sleeps ? { ...twins, ...sleepingTwins } : twins)) {
    if (join(source, module) === path) {
      const swapped = join(source, twin)
      return existsSync(swapped) ? swapped : undefined
    }
  }
  return undefined
}
