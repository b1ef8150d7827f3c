/**
 * Bundles of many configurations: what lies beside the program is bundled once, but for the file that has the configuration in it.
 */
import * as path from "node:path"
import { prologue } from "../../src/adapters/espruino/prologue.ts"
import type { DeviceConfig } from "../../src/domain/DeviceConfig.ts"
import { build, type BuildOptions } from "../../src/programs/bundle/build.ts"
import { shortened } from "../../src/programs/bundle/compile/names.ts"
import { runtimeOf } from "../../src/programs/bundle/modules.ts"
import { configFile, overlays, residentConfig, wrap } from "../../src/programs/bundle/overlays.ts"
import * as Espruino from "./espruino.ts"

const source = path.join(import.meta.dirname, "../../src")

/** It holds the configuration that was flashed. */
const reviewFile = ".review"

let shared: Promise<Readonly<Record<string, string>>> | undefined

/** A board's files, as `Espruino.device` gives them. */
export const device = async (config: DeviceConfig): Promise<Readonly<Record<string, string>>> => {
  if (shared === undefined) return shared = Espruino.device(config)
  const json = JSON.stringify(config)
  const options: BuildOptions = {
    entry: path.join(source, "programs/main.espruino.ts"),
    source,
    runtime: runtimeOf(source),
    define: { deviceConfig: json },
    minify: true,
    overlays,
    sleeps: config.deepSleep
  }
  const files: { [name: string]: string } = { ...await shared }
  files[".bootcde"] = prologue + "\n" + (await build(options)).code
  for (const overlay of overlays) if (overlay.file === reviewFile) files[reviewFile] = wrap((await build({ ...options, only: overlay })).code)
  files[configFile] = shortened(residentConfig(json))
  return files
}
