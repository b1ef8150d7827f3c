/**
 * From the entry file to the script for the board: bundle, lower, minify, repair, check.
 */
import { BundleError } from "./BundleError.ts"
import * as Dialect from "./dialect.ts"
import { lower } from "./lower.ts"
import { minify } from "./minify.ts"
import { bundleModules, type ModulesOptions, type Script } from "./modules.ts"
import { repair } from "./repair.ts"

export interface BuildOptions extends ModulesOptions {
  readonly minify: boolean
}

/** Rejects with a BundleError. */
export const build = async (options: BuildOptions): Promise<Script> => {
  const lowered = await lower(await bundleModules(options))
  const small = options.minify ? await minify(lowered) : lowered
  const script = await repair(small, { minified: options.minify })
  const faults = Dialect.check(script.code)
  if (faults.length > 0) throw new BundleError({ message: Dialect.show(faults, script.map) })
  return script
}
