/**
 * Bundles of many configurations: what lies beside the program is bundled once, but for the file that has the configuration in it.
 */
import * as path from "node:path"
import { prologue } from "../../src/adapters/espruino/prologue.ts"
import type { DeviceConfig } from "../../src/domain/DeviceConfig.ts"
import { type BoardScripts, boardOptions, build, buildBoard, configFor } from "../../src/programs/bundle/build.ts"
import { configFile, overlays } from "../../src/programs/bundle/overlays.ts"
import * as Espruino from "./espruino.ts"

const source = path.join(import.meta.dirname, "../../src")

/** It holds the configuration that was flashed. */
const reviewFile = ".review"

const how = { source, runtime: "device", minify: true } as const

let shared: Promise<BoardScripts> | undefined

/** A board's files, as `Espruino.device` gives them. */
export const device = async (config: DeviceConfig): Promise<Readonly<Record<string, string>>> => {
  if (shared === undefined) return Espruino.filesOf(await (shared = buildBoard(config, how)))
  const first = await shared
  // With the names that the properties have in the overlays.
  const options = { ...boardOptions(config, how), steady: false, names: first.names }
  const files: { [name: string]: string } = { ...Espruino.filesOf(first) }
  files[".bootcde"] = prologue + "\n" + (await build(options)).code
  for (const overlay of overlays) if (overlay.file === reviewFile) files[reviewFile] = (await build({ ...options, only: overlay })).code
  files[configFile] = configFor(config, first.names)
  return files
}
