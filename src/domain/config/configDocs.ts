/**
 * The meaning of every key of a device's file, for people: for the README's table and for editors. Not part of the
 * board's program.
 *
 * Keys, defaults, and ranges come from ConfigTable. Only the meanings, and defaults that depend on other values, are
 * written here. A key without a meaning, or a meaning without a key, is a type error.
 */
import * as ConfigFault from "./ConfigFault.ts"
import { battery, boardKeys } from "./batteryDocs.ts"
import * as ConfigTable from "./ConfigTable.ts"
import type { Meaning, Meanings } from "./Meanings.ts"

export interface DocRow {
  /** The full path: `mqtt.reconnect.jitter`; `sensors.<type>` stands for any sensor. */
  readonly key: string
  /** As JSON, or in words where it follows from other values; `required` where there is none. */
  readonly default: string
  readonly meaning: string
  /** The values allowed: `a whole number from 1 to 65535`. */
  readonly range: string
}

const standardInterval = String(ConfigTable.standardInterval)

const network: Meanings<typeof ConfigTable.networkRows> = {
  ssid: ["Name of the network"],
  password: ["Its password; empty for an open network"],
  timeout: ["How long to try to join (seconds)"]
}

const device: Meanings<typeof ConfigTable.deviceRows> = {
  device_id: ["Identifies the device; fills `{device_id}` in `mqtt.client_id`, `mqtt.username` and all topics"],
  device_name: ["Name for people", "the value of `device_id`"],
  version: ["Version of this file; an update must have a higher one"],
  update_interval: ["Time between two wakes (seconds); wins over `mqtt.update_interval` and `mqtt.publish_interval`",
    standardInterval],
  deep_sleep: ["Sleep between two readings; `false`: always on"],
  awake_timeout: [
    "How long one wake may last before the board sleeps again (what lies in flash goes out in its first half); always on: how long the device waits for the Server (seconds)"
  ],
  spread_wakes: [
    "Wake at a moment of the interval that follows from `mqtt.client_id`, so that devices powered up at once do not all connect at once; the first sleep is shorter"
  ],
  ...boardKeys,
  "time.server": [
    "Host name or address of a server that a board asks for the time (SNTP), so that its readings say when they were taken; empty: none. A machine that is no board keeps its own clock: there the answer is shown and sets nothing"
  ],
  "time.port": ["Its UDP port"],
  "time.sync_interval": [
    "Time between two answers (seconds). It asks in a wake that connects anyway; when no answer came, again after an hour, or this if it is less"
  ]
}

/** Of each quantity. */
const change: Meaning = [
  "Publish a reading only if this value has changed by so much since the last published one; a sensor with a `change` for both values needs one of them",
  "none: every reading is published"
]
const above: Meaning = ["A reading that rises above it is published and sent at once, and so is the first one back",
  "none"]
const below: Meaning = ["The same for one that falls below it", "none"]
const hysteresis: Meaning = ["How far a value must come back from `above` or `below` to count as back",
  "0.5 with `above` or `below`"]

const calibration = {
  decimals: ["Digits behind the point", "2"] as Meaning,
  offset: ["Added to what was measured, in the unit of the quantity", "0"] as Meaning,
  scale: ["Factor for what was measured, before `offset` is added", "1"] as Meaning,
  measured_low: ["Calibration by two points, in place of `offset` and `scale`: what the sensor shows at the lower one",
    "none"] as Meaning,
  true_low: ["What is right there", "none"] as Meaning,
  measured_high: ["What the sensor shows at the upper point", "none"] as Meaning,
  true_high: ["What is right there", "none"] as Meaning,
  device_class: ["Home Assistant's device class", "that of the quantity, if it is known"] as Meaning
}

const quantity: Meanings<typeof ConfigTable.quantityRows> = {
  name: ["Name of the quantity", "that of the quantity, if it is known, else its key"],
  unit: ["Unit, for people and Home Assistant", "that of the quantity, if it is known"],
  change,
  above,
  below,
  hysteresis,
  ...calibration
}

const sensor: Meanings<typeof ConfigTable.sensorRows> = {
  id: ["Its level in topics: `<prefix>/<id>/data`", "the sensor's key, such as `dht22`"],
  name: ["Name for people", "the sensor's `id`"],
  pin: ["Number of the GPIO pin that it is connected to",
    "required, except for `simulated`, `module`, `script` and `command`"],
  interval: ["Time between two readings (seconds); 0: at every wake"],
  max_silence: ["With `change`: the longest time without a published reading (seconds)", "3600 with `change`"],
  "temperature.name": ["Name of the quantity"],
  "temperature.unit": ["Unit in which it is published: Celsius or Fahrenheit"],
  "temperature.change": change,
  "temperature.above": above,
  "temperature.below": below,
  "temperature.hysteresis": hysteresis,
  "temperature.decimals": calibration.decimals,
  "temperature.offset": calibration.offset,
  "temperature.scale": calibration.scale,
  "temperature.measured_low": calibration.measured_low,
  "temperature.true_low": calibration.true_low,
  "temperature.measured_high": calibration.measured_high,
  "temperature.true_high": calibration.true_high,
  "temperature.device_class": calibration.device_class,
  "humidity.name": ["Name of the quantity"],
  "humidity.unit": ["Unit in which it is published; relative humidity is in percent"],
  "humidity.change": change,
  "humidity.above": above,
  "humidity.below": below,
  "humidity.hysteresis": hysteresis,
  "humidity.decimals": calibration.decimals,
  "humidity.offset": calibration.offset,
  "humidity.scale": calibration.scale,
  "humidity.measured_low": calibration.measured_low,
  "humidity.true_low": calibration.true_low,
  "humidity.measured_high": calibration.measured_high,
  "humidity.true_high": calibration.true_high,
  "humidity.device_class": calibration.device_class,
  driver: ["What drives it ([the list](sensors.md)), if the sensor's key is a name of your own", "the sensor's key"],
  scl: ["I2C: the pin of SCL", "the pin after `pin`"],
  sck: ["SPI: the pin of SCK; `pin` is that of CS", "18"],
  miso: ["SPI: the pin of MISO", "19"],
  echo: ["HC-SR04: the pin of its echo; `pin` is that of its trigger", "the pin after `pin`"],
  address: ["I2C: the address, where the driver has a choice", "the usual one"],
  device: ["OneWire: which of several on one wire: its number from 0, or its code in hexadecimal", "the first one"],
  bus: ["With `module`: the bus that is set up", "\"none\""],
  module: ["With `module`: the name of Espruino's module", "none"],
  connect: ["With `module`: JavaScript that connects the sensor", "none"],
  read: ["With `module`: JavaScript that reads it", "none"],
  wait: ["With `module`: time between `connect` and `read` (seconds)", "0"],
  script: ["With `script`: JavaScript, or the name of a file with it", "none"],
  command: ["With `command`: the program to run, which prints a number or JSON", "none"]
}

const mqtt: Meanings<typeof ConfigTable.mqttRows> = {
  enabled: ["Whether the device uses MQTT; `false`: no connection, and no error"],
  client_id: ["Client Identifier; may contain `{device_id}`. Two devices must not share one"],
  broker: [
    "Host name or address of the Server; needed when `enabled`. A list: several Servers, the preferred one first; those without a port of their own have `port`"
  ],
  port: ["Port of the Server", ConfigTable.standardPort(false) + "; " + ConfigTable.standardPort(true) + " with `ssl`"],
  username: ["User name; empty: none"],
  password: ["Password; empty: none. Needs a `username`"],
  keepalive: ["Keep Alive (seconds); 0: off"],
  timeout: [
    "How long the Server may take to accept the connection, and for each of its answers: CONNACK, PUBACK, SUBACK, PINGRESP (seconds); at most `awake_timeout`"
  ],
  ssl: ["Use TLS; the Server's certificate and name are checked"],
  ssl_ca: ["Certificates of the authorities to trust, PEM; on Node also a file name. Empty: those of the platform"],
  ssl_cert: ["The device's own certificate, PEM or file name; needs `ssl_key`"],
  ssl_key: ["Its private key, PEM or file name; needs `ssl_cert`"],
  use_esp32_client: ["`true`: the Client connects again by itself; `false`: a bare Client for one connection"],
  topic_data_prefix: ["Data goes to `<prefix>/<sensor id>/data`"],
  topic_config: ["Topic of the retained configuration, one document with a `version`"],
  topic_config_version: ["Two-topic form, which replaces `topic_config`: topic of the version number"],
  topic_config_data: ["Two-topic form: topic of the document, whose `version` must equal the number"],
  topic_command: ["Topic on which the device takes commands, also while it sleeps; empty: none"],
  load_config_from_mqtt: ["Take configuration updates"],
  config_secret: ["Secret with which updates must be signed (`npx dormouse sign`); empty: unsigned ones are taken"],
  config_wait_time: [
    "How long to wait for a configuration, and for commands where none is loaded, after the data has been sent (seconds)"
  ],
  publish_interval: ["Time between two wakes (seconds), when no `update_interval` is given", standardInterval],
  update_interval: ["The same by another name; wins over `publish_interval`", standardInterval],
  publish_status: [
    "At the end of each connection, publish what the device says of itself, retained, at `<prefix>/status`"
  ],
  publish_values: ["Publish plain values too, at `<prefix>/<sensor id>/temperature` and `/humidity`"],
  send_interval: [
    "Time between two connections (seconds); 0: one at every wake. A wake in between measures, remembers its reading and turns on no radio. Only with `deep_sleep`"
  ],
  send_when_pending: [
    "Messages at which it sends before `send_interval` is over; 0: when the outbox has no room for those of another wake, and then it sends in any case"
  ],
  "reconnect.enabled": ["Wait longer and longer while the Server is away; `false`: try at every wake"],
  "reconnect.max_attempts": ["Tries in a row, before the first wait"],
  "reconnect.try_interval": [
    "Time from the start of one of these tries to the start of the next (seconds); 0: at once. The radio stays on between them, so they must fit into `awake_timeout`"
  ],
  "reconnect.backoff_factor": ["Factor by which each wait is longer than the one before"],
  "reconnect.min_interval": ["The first wait (seconds)"],
  "reconnect.max_interval": ["The longest wait (seconds); at least `min_interval`"],
  "reconnect.jitter": [
    "Each wait is made shorter by a random share of it, up to this one, so that a fleet does not try all at once"
  ],
  "reconnect.attempt_count": ["Failed tries to begin with; the device then keeps its own count"],
  "reconnect.last_attempt_time": ["Time of the last try to begin with (seconds of the device's clock)"],
  "outbox.capacity": [
    "How many messages are kept until the Server acknowledges them; up to 6 more, because what gives way does so several at once"
  ],
  "outbox.bytes": ["Bytes of flash or disk for those that do not fit into the snapshot, in pages of 4,096"],
  "outbox.when_full": [
    "Which message is dropped when the Outbox is full and a new one comes; `thin_older`: every second one of the older half, topic by topic"
  ]
}

/** The same for the parts of a file, which have no rows in the README's table. */
const partMeanings: Readonly<Record<string, string>> = {
  battery: "The battery that the device measures before its radio is on.",
  network: "The Wi-Fi network to join.",
  network_fallback: "The network to join when the first is not there.",
  sensors:
    "The sensors. The key of each is its driver, such as dht22, bme280, or simulated, which needs no hardware; or a name of your own, with driver.",
  quantities: "What it measures besides temperature and humidity. The key of each is its name in the JSON.",
  mqtt: "The Server and what is published there."
}

/** What a part of a file is for; undefined for any other key. */
export const meaningOfPart = (key: string): string | undefined => partMeanings[key]

const meanings: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  battery,
  network,
  network_fallback: network,
  sensors: sensor,
  quantities: quantity,
  mqtt
}

/** Stands for the keys that the user chooses in a path. */
export const anyKey = "<type>"
/** The same for the names of quantities. */
export const anyQuantity = "<quantity>"

const docsOf = (
  table: ConfigTable.Rows,
  known: Readonly<Record<string, Meaning>>,
  path: string,
  inner = ""
): ReadonlyArray<DocRow> =>
  ConfigTable.rowsOf(table).flatMap((row): ReadonlyArray<DocRow> => {
    const [name, , kind, fallback] = row
    const below = ConfigTable.tableOf(row)
    if (below !== undefined && kind === "table") return docsOf(below, known, path, inner + name + ".")
    if (below !== undefined) {
      const within = name === "quantities" ? anyQuantity : anyKey
      return docsOf(below, meanings[name] ?? {}, path + name + (kind === "parts" ? "." + within + "." : "."))
    }
    const [meaning, words] = known[inner + name] ?? [""]
    const standard = fallback === ConfigTable.required ? "required" : JSON.stringify(fallback)
    return [{ key: path + inner + name, default: words ?? standard, meaning, range: ConfigFault.fixFor(row) }]
  })

/** One row for each key, in the order in which they are checked. */
export const configDocs: ReadonlyArray<DocRow> = docsOf(ConfigTable.deviceRows, device, "")
