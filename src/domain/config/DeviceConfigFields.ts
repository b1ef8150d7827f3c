/** The configuration of a device, field by field; DeviceConfig makes it from a file. */
import type { DeviceFile, MqttFile, NetworkFile, OutboxFile, ReconnectFile, SensorFile } from "./ConfigFile.ts"

/** A network to join. `timeout` in seconds. */
export interface Network extends NetworkFile {}

export interface SensorConfig extends SensorFile {
  /** The key in `sensors`, which names the driver: `dht22`, `bme280`, `simulated`. */
  readonly type: string
}

type StartKey = "attemptCount" | "lastAttemptTime"

/**
 * The reconnect policy. Intervals in seconds. `jitter` is the share of a wait, 0 to 1, by which chance may shorten it.
 * It never makes a wait longer: at least four tries a day are promised.
 */
export interface ReconnectPolicy extends Omit<ReconnectFile, StartKey | "tryInterval"> {
  /** Time from the start of one of these tries to the start of the next; 0 or none: at once. */
  readonly tryInterval?: ReconnectFile["tryInterval"] | undefined
}

/** What must survive deep sleep so that the policy can continue. `lastAttemptTime` in seconds of the device's clock. */
export interface ReconnectStart extends Pick<ReconnectFile, StartKey> {}

export interface OutboxPolicy extends OutboxFile {}

/** Texts, by the name of their property. */
export type Texts = Readonly<Record<string, string>>

/** All times in seconds; an empty text stands for none. `{device_id}` is already filled in. */
export interface MqttConfig extends Omit<MqttFile, "updateInterval" | "reconnect"> {
  readonly reconnect: ReconnectPolicy
  readonly reconnectStart: ReconnectStart
  /** The texts that have `{device_id}` in the file, by property: an update may change the id. */
  readonly templates: Texts
}

/** The keys of the file that become something else. */
type Settled = "updateInterval" | "network" | "networkFallback" | "sensors" | "mqtt"

/** All times in seconds. */
export interface DeviceConfig extends Omit<DeviceFile, Settled> {
  /** Seconds between wakes: `update_interval`, else `mqtt.publish_interval`. */
  readonly publishInterval: number
  /** The networks to join, the preferred one first. */
  readonly networks: ReadonlyArray<Network>
  readonly sensors: ReadonlyArray<SensorConfig>
  readonly mqtt: MqttConfig
}
