/** What a device is configured with, field by field; how a file becomes it is in DeviceConfig. */
import type { DeviceFile, MqttFile, NetworkFile, OutboxFile, ReconnectFile, SensorFile } from "./ConfigFile.ts"

/** A network to join. `timeout` in seconds. */
export interface Network extends NetworkFile {}

export interface SensorConfig extends SensorFile {
  /** The key in `sensors`: `dht22`, `bme280`, `simulated`: what drives it. */
  readonly type: string
}

type StartKey = "attemptCount" | "lastAttemptTime"

/**
 * The reconnect policy of the contract. Intervals in seconds. `jitter` is the share of a wait, 0 to 1, that chance may
 * take off it; it never adds: four tries a day are a promise.
 */
export interface ReconnectPolicy extends Omit<ReconnectFile, StartKey | "tryInterval"> {
  /** From the start of one of these tries to the start of the next; 0 or none: at once. */
  readonly tryInterval?: ReconnectFile["tryInterval"] | undefined
}

/** What must outlive deep sleep so that the policy can go on. `lastAttemptTime` in seconds of the device's clock. */
export interface ReconnectStart extends Pick<ReconnectFile, StartKey> {}

export interface OutboxPolicy extends OutboxFile {}

/** Texts by the property that they are held under. */
export type Texts = Readonly<Record<string, string>>

/**
 * All times in seconds; an empty text stands for none. In the texts that name something to the Server `{device_id}` has
 * been filled in.
 */
export interface MqttConfig extends Omit<MqttFile, "updateInterval" | "reconnect"> {
  readonly reconnect: ReconnectPolicy
  readonly reconnectStart: ReconnectStart
  /** The texts that hold `{device_id}` in the file, by property: an update may change the id. */
  readonly templates: Texts
}

/** The keys of the file that become something else. */
type Settled = "updateInterval" | "network" | "networkFallback" | "sensors" | "mqtt"

/** All times in seconds. */
export interface DeviceConfig extends Omit<DeviceFile, Settled> {
  /** Seconds between wakes: `update_interval`, else `mqtt.publish_interval`. */
  readonly publishInterval: number
  /** To join, the first preferred. */
  readonly networks: ReadonlyArray<Network>
  readonly sensors: ReadonlyArray<SensorConfig>
  readonly mqtt: MqttConfig
}
