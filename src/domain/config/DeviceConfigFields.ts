/** The configuration of a device, field by field; DeviceConfig makes it from a file. */
import type {
  BatteryFile,
  DeviceFile,
  MqttFile,
  NetworkFile,
  OutboxFile,
  QuantityFile,
  ReconnectFile,
  SensorFile
} from "./ConfigFile.ts"

/** A network to join. `timeout` in seconds. */
export interface Network extends NetworkFile {}

/** The battery. `lowSendInterval` in seconds, `full` and `empty` in volts. */
export interface BatteryConfig extends BatteryFile {}

/** A quantity of a sensor, by its name in the JSON. Of temperature and humidity it has nothing but that. */
export interface Quantity extends QuantityFile {
  readonly key: string
}

export interface SensorConfig extends Omit<SensorFile, "quantities" | "driver"> {
  /** The driver: `dht22`, `bme280`, `simulated`. */
  readonly type: string
  /** The key in `sensors`, if it is another than the driver. */
  readonly key?: string | undefined
  /**
   * What is measured and published, in the order of the JSON; undefined: temperature and humidity, as they are
   * measured.
   */
  readonly quantities?: ReadonlyArray<Quantity> | undefined
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
type Settled = "updateInterval" | "battery" | "network" | "networkFallback" | "sensors" | "mqtt"

/** All times in seconds. */
export interface DeviceConfig extends Omit<DeviceFile, Settled> {
  /** Seconds between wakes: `update_interval`, else `mqtt.publish_interval`. */
  readonly publishInterval: number
  /** The networks to join, the preferred one first. */
  readonly networks: ReadonlyArray<Network>
  readonly sensors: ReadonlyArray<SensorConfig>
  /** Undefined: it is not measured. */
  readonly battery?: BatteryConfig | undefined
  readonly mqtt: MqttConfig
}
