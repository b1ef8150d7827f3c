/**
 * What makes Home Assistant show a device: its MQTT discovery message, one retained JSON document that names the device
 * and all its values (device-based discovery, Home Assistant 2024.12 and later).
 *
 * The device takes no part in it: it publishes its readings as ever, and the document says where they are found and
 * what they mean. Keys as in Home Assistant's documentation of MQTT discovery and of the MQTT sensor. Not part of the
 * board's program.
 */
import * as Backoff from "../delivery/Backoff.ts"
import * as Crc32 from "../bytes/Crc32.ts"
import type { DeviceConfig, SensorConfig } from "../config/DeviceConfig.ts"
import * as Bytes from "../bytes/Bytes.ts"

/** One value of a sensor, as an entity of Home Assistant. */
export interface Component {
  readonly platform: "sensor"
  readonly unique_id: string
  readonly name: string
  readonly device_class: "temperature" | "humidity" | "duration"
  readonly state_class: "measurement" | "total_increasing"
  readonly unit_of_measurement: string
  readonly state_topic: string
  /** Picks the value out of a JSON message; none where the message is the value. */
  readonly value_template?: string
  readonly entity_category?: "diagnostic"
  readonly qos: 1
  /** Seconds without a message after which the value is shown as unavailable; 0: never. */
  readonly expire_after: number
}

export interface Discovery {
  readonly device: {
    readonly identifiers: ReadonlyArray<string>
    readonly name: string
    readonly manufacturer: string
    readonly model: string
  }
  readonly origin: { readonly name: string; readonly sw_version: string }
  readonly components: { readonly [id: string]: Component }
}

export interface Options {
  /** Of Dormouse. */
  readonly version: string
  /** Seconds, in place of `expireAfter`; 0: never. */
  readonly expireAfter?: number | undefined
}

/** Where Home Assistant looks, unless it was told otherwise. */
export const usualPrefix = "homeassistant"

/** Discovery allows letters, digits, _ and -. What has others is told apart by a checksum. */
const idOf = (text: string): string => {
  const plain = text.replace(/[^a-zA-Z0-9_-]/g, "_")
  return plain === text ? text : plain + "_" + Crc32.crc32(Bytes.fromText(text)).toString(16)
}

/** The topic of the document. To remove the device, an empty retained message goes there. */
export const topic = ({ mqtt }: DeviceConfig, prefix: string): string =>
  prefix + "/device/" + idOf(mqtt.clientId) + "/config"

/** So many deliveries may be missing in a row before a value is called old. */
const missedDeliveries = 3

/** Longer than any count of tries before the wait stops growing. */
const manyTries = 10_000

/**
 * How long, in seconds, a device may be silent although all is well with it.
 *
 * A reading is taken every `interval` of its sensor, at the first wake after it, and waits for the first wake after
 * `send_interval`. After failed tries the reconnect policy keeps the radio off for its longest wait at most, and the
 * next wake delivers. Whichever is longer, three deliveries or that, and on top of it what one wake may take.
 */
export const expireAfter = (config: DeviceConfig, sensor: SensorConfig): number => {
  const { awakeTimeout, deepSleep, mqtt: { reconnect, sendInterval }, publishInterval } = config
  const wakes = (seconds: number): number => Math.ceil(seconds / publishInterval) * publishInterval
  const kept = deepSleep && sendInterval > publishInterval ? wakes(sendInterval) : 0
  const period = Math.max(publishInterval, wakes(sensor.interval)) + kept
  const wait = Backoff.waitMillis(reconnect, reconnect.maxAttempts + manyTries) / 1_000
  return Math.ceil(Math.max(missedDeliveries * period, wait + period) + awakeTimeout)
}

type Meaning = Pick<Component, "name" | "device_class" | "state_class" | "unit_of_measurement" | "entity_category">

/** What a reading holds, by its key in the data message. */
const meanings = (
  { humidity, temperature }: SensorConfig
): Readonly<Record<"temperature" | "humidity" | "uptime", Meaning>> => ({
  temperature: {
    name: temperature.name,
    device_class: "temperature",
    state_class: "measurement",
    unit_of_measurement: "°" + temperature.unit
  },
  // Whatever the file calls it, a reading's humidity is in percent.
  humidity: { name: humidity.name, device_class: "humidity", state_class: "measurement", unit_of_measurement: "%" },
  uptime: {
    name: "Uptime",
    device_class: "duration",
    state_class: "total_increasing",
    unit_of_measurement: "s",
    entity_category: "diagnostic"
  }
})

const componentsOf = (
  config: DeviceConfig,
  sensor: SensorConfig,
  options: Options
): ReadonlyArray<readonly [id: string, component: Component]> => {
  const { clientId, publishValues, topicDataPrefix } = config.mqtt
  const base = topicDataPrefix + "/" + sensor.id + "/"
  const isOneOfMany = config.sensors.length > 1
  return Object.entries(meanings(sensor)).map(([key, meaning]) => {
    const isPlain = publishValues && key !== "uptime"
    return [idOf(sensor.id + "_" + key), {
      platform: "sensor",
      unique_id: clientId + "_" + sensor.id + "_" + key,
      ...meaning,
      // The device's name is put in front of it.
      name: isOneOfMany ? sensor.name + " " + meaning.name : meaning.name,
      state_topic: base + (isPlain ? key : "data"),
      ...(isPlain ? {} : { value_template: "{{ value_json." + key + " }}" }),
      qos: 1,
      expire_after: options.expireAfter ?? expireAfter(config, sensor)
    }]
  })
}

/** The document for a device. */
export const discovery = (config: DeviceConfig, options: Options): Discovery => ({
  device: {
    identifiers: [config.mqtt.clientId],
    name: config.deviceName,
    manufacturer: "Dormouse",
    model: config.sensors.map(({ type }) => type).join(", ")
  },
  origin: { name: "dormouse", sw_version: options.version },
  components: Object.fromEntries(config.sensors.flatMap((sensor) => componentsOf(config, sensor, options)))
})
