/**
 * The configuration that is flashed with the program: data in a separate file. The interpreter reads JSON with a third
 * of the work that the same object costs in a program, and takes UTF-8 in its texts as it is.
 */
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import { withCredentials } from "./credentials.ts"
import { named } from "./named.ts"
import { platform } from "./platform/platform.ts"

/** It is not a name of the Storage port. */
const configFile = ".config"

/** A board's bundle may come without them. */
const credentialed: typeof withCredentials | undefined = withCredentials
const withMac: typeof named | undefined = named

/** Without its file the program has nothing to do: the interpreter names the file that is missing. */
const text = (): string => (platform.require("Storage").read(configFile) ?? "no file .config") as unknown as string

const flashed = (): DeviceConfig =>
  (withMac === undefined ? JSON.parse(text()) : JSON.parse(withMac(text()))) as DeviceConfig

export const flashedConfig = (): DeviceConfig => credentialed === undefined ? flashed() : credentialed(flashed())
