/** Which of a device's two configurations counts. */
import type { DeviceConfig } from "./DeviceConfig.ts"

/** The stored update if it is newer than the configuration flashed with the program, else the flashed one. */
export const effectiveConfig = (baked: DeviceConfig, stored: DeviceConfig): DeviceConfig =>
  // A program that is newer than the update may know keys that the stored update does not have.
  stored.version > baked.version ? { ...baked, ...stored, mqtt: { ...baked.mqtt, ...stored.mqtt } } : baked
