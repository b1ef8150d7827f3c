/**
 * From the entry file to the script for the board: bundle, lower, minify, repair, check.
 */
import { existsSync } from "node:fs"
import { join } from "node:path"
import { BundleError } from "./BundleError.ts"
import * as Dialect from "./dialect.ts"
import { lower } from "./lower.ts"
import { minify } from "./minify.ts"
import { bundleModules, type ModulesOptions, type Script } from "./modules.ts"
import { repair } from "./repair.ts"
import { asides, wrap } from "./swaps.ts"

export interface BuildOptions extends ModulesOptions {
  readonly minify: boolean
}

/** Rejects with a BundleError. */
export const build = async (options: BuildOptions): Promise<Script> => {
  const lowered = await lower(await bundleModules(options), { classes: options.runtime === undefined })
  const small = options.minify ? await minify(lowered) : lowered
  const script = await repair(small, { minified: options.minify, inside: options.only !== undefined })
  const faults = Dialect.check(script.code)
  // Effect's own runtime leans on a whole engine; who bundles it brings what is missing.
  if (faults.length > 0 && options.runtime !== undefined) throw new BundleError({ message: Dialect.show(faults, script.map) })
  return script
}

/** A file for the board's Storage, beside the boot code. */
export interface AsideFile {
  readonly file: string
  readonly script: Script
}

/** What the program leaves out with `apart`, each as a file of its own. Rejects with a BundleError. */
export const buildAsides = async (options: BuildOptions): Promise<ReadonlyArray<AsideFile>> => {
  const files: Array<AsideFile> = []
  for (const aside of asides.filter(({ modules }) => Object.keys(modules).every((module) => existsSync(join(options.source, module))))) {
    const script = await build({ ...options, apart: true, only: aside })
    files.push({ file: aside.file, script: { ...script, code: wrap(script.code) } })
  }
  return files
}
