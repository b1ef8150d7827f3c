/**
 * The twin of domain/wake/fullConfig.ts for a board: it reads a file with all of the configuration that was flashed
 * with the program. Flashing another program erases what is stored, so an update is stored only as what it changes:
 * reading all of it beside the flashed one would take a wake 120 variables and half a million instructions more.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { effectiveConfig } from "../../../domain/config/effectiveConfig.ts"
import { withCredentials } from "../credentials.ts"
import { named } from "../named.ts"

/** The bundler puts it here (`define`). */
declare const deviceConfig: DeviceConfig

/** A board's bundle may come without them. */
const credentialed: typeof withCredentials | undefined = withCredentials
const withMac: typeof named | undefined = named

/** All of it, as it is on this board. */
const own = (): DeviceConfig =>
  withMac === undefined ? deviceConfig : JSON.parse(withMac(JSON.stringify(deviceConfig))) as DeviceConfig

const flashed = (): DeviceConfig => credentialed === undefined ? own() : credentialed(own())

export const fullConfig = (config: DeviceConfig): DeviceConfig => {
  const whole = flashed()
  const laid = effectiveConfig(whole, config)
  // The program has its own texts without names; an update that changes them has them as a whole.
  return laid.sensors.some(({ name }) => name === undefined) ? { ...laid, sensors: whole.sensors } : laid
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
  const whole = flashed()
  const stored = changes(whole as unknown as Table, update as unknown as Table)
  const account = changes(whole.mqtt as unknown as Table, mqtt as unknown as Table)
  // The program of a board that was flashed without TLS has none of them.
  const certificates = mqtt.ssl && !whole.mqtt.ssl
    ? { sslCa: mqtt.sslCa, sslCert: mqtt.sslCert, sslKey: mqtt.sslKey } : {}
  return { ...stored, mqtt: { ...account, ...certificates } }
}
