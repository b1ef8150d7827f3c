/**
 * Scripts for boards that tests have from each other, in one worker or another: to make one takes seconds, and many
 * files want the same ones.
 *
 * They lie in a folder whose name is a hash of everything that takes part: all of src, the packages that are installed
 * and Node. A script's own name is a hash of the code that esbuild made for it. So nothing old is ever taken for new.
 */
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import type { Sharing } from "../../src/programs/bundle/build.ts"
import { type Compiled, compiled, keyOf } from "../../src/programs/bundle/compiling.ts"
import type { Script } from "../../src/programs/bundle/modules.ts"

const root = path.join(import.meta.dirname, "../..")

const hashOf = (...parts: ReadonlyArray<string | Uint8Array>): string => {
  const hash = createHash("sha256")
  // With their lengths, so that no two lists of parts are one.
  for (const part of parts) hash.update(Buffer.byteLength(part) + ":").update(part)
  return hash.digest("hex")
}

const filesIn = (folder: string): ReadonlyArray<string> =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name)
    return entry.isDirectory() ? filesIn(file) : [file]
  }).sort()

/** npm writes the second with what it has installed. */
const lockfiles = ["package-lock.json", "node_modules/.package-lock.json"]

/** What takes part, in a checkout, by its path there. */
export const inputs = (checkout: string): ReadonlyArray<string> => [
  ...filesIn(path.join(checkout, "src")).map((file) => path.relative(checkout, file)),
  ...lockfiles.filter((name) => existsSync(path.join(checkout, name)))
]

/** A hash of all sources, packages and the Node that are at work in this checkout. */
export const fingerprint = (checkout: string): string =>
  hashOf(process.version, ...inputs(checkout).flatMap((name) => [name, readFileSync(path.join(checkout, name))]))

const store = path.join(root, "node_modules/.cache/dormouse-test-scripts")

/** What the file holds, JSON; undefined when it is not there or torn. */
const read = (file: string): unknown => {
  try {
    return JSON.parse(readFileSync(file, "utf8"))
  } catch {
    return undefined
  }
}

const write = (file: string, value: unknown): void => {
  mkdirSync(path.dirname(file), { recursive: true })
  const own = `${file}.${process.pid}`
  writeFileSync(own, JSON.stringify(value))
  // In one step: another worker reads meanwhile.
  renameSync(own, file)
}

/** What a folder keeps, beyond this process. */
export const keptIn = (folder: string): NonNullable<Sharing["kept"]> => async (what, make) => {
  const file = path.join(folder, hashOf("script", what) + ".json")
  const known = read(file) as Script | undefined
  if (known !== undefined) return known
  const script = await make()
  write(file, script)
  return script
}

/** The compiled modules of src. What lies elsewhere is no part of the fingerprint, and is compiled each time. */
export const compiledIn = (folder: string, source: string): Compiled => {
  const own = compiled()
  return {
    contents: (module, how) => {
      if (!module.startsWith(source + path.sep)) return own.contents(module, how)
      const file = path.join(folder, hashOf("module", keyOf(module, how)) + ".json")
      const known = read(file)
      if (typeof known === "string") return known
      const contents = own.contents(module, how)
      write(file, contents)
      return contents
    }
  }
}

let known: { readonly mark: string; readonly sharing: Sharing } | undefined

/** What a build in a test may have from the others, as long as no source changes. */
export const sharing = (): Sharing => {
  const mark = fingerprint(root)
  const folder = path.join(store, mark)
  if (known?.mark !== mark) {
    known = { mark, sharing: { compiled: compiledIn(folder, path.join(root, "src")), kept: keptIn(folder) } }
  }
  return known.sharing
}

/** Of other sources, a day old: what is younger may be another run's. */
export const removeOld = (): void => {
  const aDayAgo = Date.now() - 86_400_000
  for (const name of existsSync(store) ? readdirSync(store) : []) {
    const folder = path.join(store, name)
    if (statSync(folder).mtimeMs < aDayAgo) rmSync(folder, { recursive: true, force: true })
  }
}
