/**
 * The configuration that is flashed with the program: data in a separate file. The interpreter reads JSON with a third
 * of the work that the same object costs in a program, and takes UTF-8 in its texts as it is.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { platform } from "./platform/platform.ts"

/** It is not a name of the Storage port. */
const configFile = ".config"

/** Without its file the program has nothing to do: the interpreter names the file that is missing. */
export const flashedConfig = (): DeviceConfig =>
  JSON.parse((platform.require("Storage").read(configFile) ?? "no file .config") as unknown as string) as DeviceConfig
