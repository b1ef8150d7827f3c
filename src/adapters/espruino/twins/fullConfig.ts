/**
 * The twin of domain/wake/fullConfig.ts for a board: the file that this is read from has all of the configuration that
 * was flashed with the program. Whoever flashes another erases what is stored, so an update is stored as what it
 * changes: a wake that reads all of it beside the one flashed takes 120 variables and half a million instructions more.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { effectiveConfig } from "../../../domain/config/effectiveConfig.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

export const fullConfig = (config: DeviceConfig): DeviceConfig => {
  const laid = effectiveConfig(deviceConfig, config)
  // The program has its own without names; an update that changes them has them whole.
  return laid.sensors.some(({ name }) => name === undefined) ? { ...laid, sensors: deviceConfig.sensors } : laid
}

type Table = Readonly<Record<string, unknown>>

const changes = (before: Table, after: Table): Record<string, unknown> => {
  const found: Record<string, unknown> = {}
  for (const name of Object.keys(after)) {
    if (JSON.stringify(after[name]) !== JSON.stringify(before[name])) found[name] = after[name]
  }
  return found
}

export const changesOf = (update: DeviceConfig): object => {
  const { mqtt } = update
  const stored = changes(deviceConfig as unknown as Table, update as unknown as Table)
  const account = changes(deviceConfig.mqtt as unknown as Table, mqtt as unknown as Table)
  // The program of a board that was flashed without TLS has none of them.
  const certificates = mqtt.ssl && !deviceConfig.mqtt.ssl
    ? { sslCa: mqtt.sslCa, sslCert: mqtt.sslCert, sslKey: mqtt.sslKey } : {}
  return { ...stored, mqtt: { ...account, ...certificates } }
}
