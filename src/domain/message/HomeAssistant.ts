/**
 * The message with which Home Assistant shows a device: MQTT discovery, one retained JSON document that names the
 * device and all its values (device-based discovery, Home Assistant 2024.12 and later).
 *
 * The device does nothing for it: it publishes its readings as usual, and the document says where they are and what
 * they mean. Keys as in Home Assistant's documentation of MQTT discovery and of the MQTT sensor. Not part of the
 * board's program.
 */
import * as Backoff from "../delivery/Backoff.ts"
import * as Crc32 from "../bytes/Crc32.ts"
import type { DeviceConfig, Quantity, SensorConfig } from "../config/DeviceConfig.ts"
import { publishedEvery, wholeWakes } from "../config/limits.ts"
import { longestSendInterval } from "../config/sendInterval.ts"
import { rowOf } from "../config/drivers.ts"
import { quantities } from "../config/quantities.ts"
import { settingsOf } from "../config/SensorQuantities.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { buttonComponents } from "./homeAssistantButtons.ts"
import * as Status from "./Status.ts"

/** One value of a sensor, or a button that sends a command, as an entity of Home Assistant. */
export interface Component {
  readonly platform: "sensor" | "binary_sensor" | "button"
  readonly unique_id: string
  readonly name: string
  readonly device_class?: string
  readonly state_class?: "measurement" | "total_increasing"
  readonly unit_of_measurement?: string
  /** Of a value: where it comes. */
  readonly state_topic?: string
  /** Picks the value out of a JSON message; undefined if the message is the value. */
  readonly value_template?: string
  /** Of a binary sensor: the values that are on and off. */
  readonly payload_on?: string
  readonly payload_off?: string
  readonly entity_category?: "diagnostic" | "config"
  readonly qos: 1
  /** Of a value: seconds without a message after which it is shown as unavailable; 0: never. */
  readonly expire_after?: number
  /** Of a button: where its command goes, and what it is. */
  readonly command_topic?: string
  readonly payload_press?: string
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

/** Home Assistant's discovery prefix by default. */
export const usualPrefix = "homeassistant"

/** Discovery allows letters, digits, _ and -. A name with other characters gets a checksum, so that it stays unique. */
const idOf = (text: string): string => {
  const plain = text.replace(/[^a-zA-Z0-9_-]/g, "_")
  return plain === text ? text : plain + "_" + Crc32.crc32(Bytes.fromText(text)).toString(16)
}

/** The topic of the document. To remove the device, an empty retained message goes there. */
export const topic = ({ mqtt }: DeviceConfig, prefix: string): string =>
  prefix + "/device/" + idOf(mqtt.clientId) + "/config"

/** So many deliveries in a row may be missing before a value is unavailable. */
const missedDeliveries = 3

/** More tries than that do not make the wait longer. */
const manyTries = 10_000

/** Seconds without a message, of which one comes every `period` seconds, that mean nothing bad. */
const longestSilence = ({ awakeTimeout, mqtt: { reconnect }, wakePin }: DeviceConfig, period: number): number => {
  // Whoever waits for a pin may be silent for ever.
  if (wakePin !== undefined) return 0
  const wait = Backoff.waitMillis(reconnect, reconnect.maxAttempts + manyTries) / 1_000
  return Math.ceil(Math.max(missedDeliveries * period, wait + period) + awakeTimeout)
}

/**
 * How long, in seconds, a device may be silent although nothing is wrong.
 *
 * A reading is taken every `interval` of its sensor, at the first wake after it, and waits for the first wake after
 * `send_interval`, or `low_send_interval` while the battery is low. After failed tries the reconnect policy keeps the radio off for its longest wait at most, and the
 * next wake delivers. So it is the longer of the two, three
 * deliveries or that wait, plus the time that one wake may take.
 */
export const expireAfter = (config: DeviceConfig, sensor: SensorConfig): number => {
  const { deepSleep, publishInterval } = config
  const sendInterval = longestSendInterval(config)
  const kept = deepSleep && sendInterval > publishInterval ? wholeWakes(sendInterval, publishInterval) : 0
  return longestSilence(config, publishedEvery(sensor, publishInterval) + kept)
}

type Meaning = Pick<Component, "name" | "device_class" | "state_class" | "unit_of_measurement" | "entity_category">

/** One value of a reading: its key in the data message, and what it is. */
type Value = readonly [key: string, meaning: Meaning, platform: Component["platform"]]

const uptime: Value = ["uptime", {
  name: "Uptime",
  device_class: "duration",
  state_class: "total_increasing",
  unit_of_measurement: "s",
  entity_category: "diagnostic"
}, "sensor"]

/** Device classes of meters, which only count up, and of values that are no measurements. */
const meters: ReadonlySet<string> = new Set(["energy", "gas", "water", "volume"])
const notMeasured: ReadonlySet<string> = new Set(["date", "timestamp", "enum", "monetary", "wind_direction"])

const stateClassOf = (deviceClass: string, isTotal: boolean): Pick<Meaning, "state_class"> =>
  notMeasured.has(deviceClass) ? {}
    : { state_class: isTotal || meters.has(deviceClass) ? "total_increasing" : "measurement" }

const valueOf = (sensor: SensorConfig, quantity: Quantity): Value => {
  const { key } = quantity
  const known = quantities[key]
  const settings = settingsOf(sensor, quantity)
  // The humidity of a reading is always in percent, whatever the file says.
  const unit = key === "temperature" ? "\u00b0" + sensor.temperature.unit
    : key === "humidity" ? "%" : quantity.unit ?? known?.unit ?? ""
  const deviceClass = settings.deviceClass ?? known?.deviceClass ?? ""
  const isBinary = known?.isBinary === true
  const isTotal = known?.isTotal === true || rowOf(sensor.type)?.counts === true
  return [key, {
    name: settings.name ?? known?.name ?? key,
    ...(deviceClass === "" ? {} : { device_class: deviceClass }),
    ...(isBinary ? {} : stateClassOf(deviceClass, isTotal)),
    ...(unit === "" ? {} : { unit_of_measurement: unit })
  }, isBinary ? "binary_sensor" : "sensor"]
}

/** The values of a reading, in the order of the data message. */
const valuesOf = (sensor: SensorConfig): ReadonlyArray<Value> => [
  ...(sensor.quantities ?? [{ key: "temperature" }, { key: "humidity" }]).map((each) => valueOf(sensor, each)),
  uptime
]

const componentsOf = (
  config: DeviceConfig,
  sensor: SensorConfig,
  options: Options
): ReadonlyArray<readonly [id: string, component: Component]> => {
  const { clientId, publishValues, topicDataPrefix } = config.mqtt
  const base = topicDataPrefix + "/" + sensor.id + "/"
  const isOneOfMany = config.sensors.length > 1
  return valuesOf(sensor).map(([key, meaning, platform]) => {
    const isPlain = publishValues && key !== "uptime"
    return [idOf(sensor.id + "_" + key), {
      platform,
      unique_id: clientId + "_" + sensor.id + "_" + key,
      ...meaning,
      // Home Assistant puts the device's name before it.
      name: isOneOfMany ? sensor.name + " " + meaning.name : meaning.name,
      state_topic: base + (isPlain ? key : "data"),
      ...(isPlain ? {} : { value_template: "{{ value_json." + key + " }}" }),
      ...(platform === "binary_sensor" ? { payload_on: "1", payload_off: "0" } : {}),
      qos: 1,
      expire_after: options.expireAfter ?? expireAfter(config, sensor)
    }]
  })
}

/** What a status says, by its key (`Status`). */
const statusMeanings: Readonly<Record<string, Omit<Meaning, "entity_category">>> = {
  pending: { name: "Pending messages", state_class: "measurement" },
  evicted: { name: "Evicted messages", state_class: "total_increasing" },
  tries: { name: "Tries", state_class: "measurement" },
  awake_ms: { name: "Awake", device_class: "duration", state_class: "measurement", unit_of_measurement: "ms" },
  radio_ms: { name: "Radio on", device_class: "duration", state_class: "measurement", unit_of_measurement: "ms" },
  woken_by: { name: "Woken by" },
  config_version: { name: "Configuration version" },
  last_error: { name: "Last error" },
  next_connection: { name: "Next connection within", device_class: "duration", unit_of_measurement: "s" }
}

/** The same of a device that measures its battery. */
const batteryMeanings: Readonly<Record<string, Omit<Meaning, "entity_category">>> = {
  battery: { name: "Battery", device_class: "battery", state_class: "measurement", unit_of_measurement: "%" },
  battery_volts: {
    name: "Battery voltage",
    device_class: "voltage",
    state_class: "measurement",
    unit_of_measurement: "V"
  },
  battery_low: { name: "Battery low", device_class: "battery" }
}

/** Of a value that is true or false. */
const isBinary = (key: string): boolean => key === "battery_low"

const templateOf = (key: string): string =>
  // A state that is null is shown as unknown: nothing went wrong is known.
  key === "last_error" ? "{{ value_json.last_error or 'none' }}"
    : isBinary(key) ? "{{ 'ON' if value_json." + key + " else 'OFF' }}"
    : "{{ value_json." + key + " }}"

const statusComponents = (
  config: DeviceConfig,
  options: Options
): ReadonlyArray<readonly [id: string, component: Component]> => {
  const { clientId, topicDataPrefix } = config.mqtt
  const meanings = { ...statusMeanings, ...(config.battery === undefined ? {} : batteryMeanings) }
  return Object.entries(meanings).map(([key, meaning]) => ["status_" + key, {
    platform: isBinary(key) ? "binary_sensor" : "sensor",
    unique_id: clientId + "_status_" + key,
    ...meaning,
    entity_category: "diagnostic",
    state_topic: topicDataPrefix + "/" + Status.level,
    value_template: templateOf(key),
    ...(isBinary(key) ? { payload_on: "ON", payload_off: "OFF" } : {}),
    qos: 1,
    expire_after: options.expireAfter ?? longestSilence(config, Status.nextConnection(config, true))
  }])
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
  components: Object.fromEntries([
    ...config.sensors.flatMap((sensor) => componentsOf(config, sensor, options)),
    ...(config.mqtt.publishStatus ? statusComponents(config, options) : []),
    ...(config.mqtt.topicCommand === "" ? [] : buttonComponents(config))
  ])
})
