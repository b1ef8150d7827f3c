/**
 * The configuration of a device. Skeleton of types; the check is beside it.
 */

/** Networks to join, the first preferred. `timeout` in seconds. */
export interface Network {
  readonly ssid: string
  readonly password: string
  readonly timeout: number
}

export interface Quantity {
  readonly name: string
  readonly unit: string
}

export interface SensorConfig {
  /** The key in `sensors`: `dht22`, `bme280`, `simulated`: what drives it. */
  readonly type: string
  /** The level in the topic: `<prefix>/<id>/data`. */
  readonly id: string
  readonly name: string
  readonly pin: number
  /** Seconds between two readings; 0: at every wake. */
  readonly interval: number
  readonly temperature: Quantity
  readonly humidity: Quantity
}

/** The reconnect policy of the contract. Intervals in seconds. */
export interface ReconnectPolicy {
  readonly enabled: boolean
  readonly maxAttempts: number
  readonly backoffFactor: number
  readonly minInterval: number
  readonly maxInterval: number
  /** The share of a wait, 0 to 1, that chance may take off it. Never adds: four tries a day are a promise. */
  readonly jitter: number
}

/** What must outlive deep sleep so that the policy can go on. `lastAttemptTime` in seconds of the device's clock. */
export interface ReconnectStart {
  readonly attemptCount: number
  readonly lastAttemptTime: number
}

export interface MqttConfig {
  readonly enabled: boolean
  /** `{device_id}` has been filled in. */
  readonly clientId: string
  readonly broker: string
  readonly port: number
  /** Empty: none. */
  readonly username: string
  readonly password: string
  /** Seconds; 0 turns it off. */
  readonly keepAlive: number
  readonly ssl: boolean
  /** PEM texts (programs on Node also take the name of a file); empty: none. */
  readonly sslCa: string
  readonly sslCert: string
  readonly sslKey: string
  /** True: the Client reconnects by itself. False: a bare Client, one connection. */
  readonly useEsp32Client: boolean
  readonly topicDataPrefix: string
  readonly topicConfig: string
  /** Both set, or both empty: the two-topic form. */
  readonly topicConfigVersion: string
  readonly topicConfigData: string
  /** Where an always-on device takes commands; empty: nowhere. */
  readonly topicCommand: string
  readonly loadConfigFromMqtt: boolean
  /** Seconds. */
  readonly configWaitTime: number
  readonly publishInterval: number
  /** Also publish plain values at `<prefix>/<id>/temperature` and `/humidity`. */
  readonly publishValues: boolean
  readonly reconnect: ReconnectPolicy
  readonly reconnectStart: ReconnectStart
  readonly outbox: OutboxPolicy
}

export interface OutboxPolicy {
  /** Messages kept, 1 to 1,000. */
  readonly capacity: number
  readonly whenFull: "drop_oldest" | "keep_newest_per_topic"
}

export interface DeviceConfig {
  readonly deviceId: string
  readonly deviceName: string
  /** Of this document; an update must be newer. */
  readonly version: number
  /** Seconds between wakes: `update_interval`, else `mqtt.publish_interval`. */
  readonly publishInterval: number
  /** False: always on. */
  readonly deepSleep: boolean
  /** Seconds that one wake may last before the board sleeps whatever happens. */
  readonly awakeTimeout: number
  readonly networks: ReadonlyArray<Network>
  readonly sensors: ReadonlyArray<SensorConfig>
  readonly mqtt: MqttConfig
}
