/**
 * The meaning of every key of a device's file, for people: for the README's table and for editors. Not part of the
 * board's program.
 *
 * Keys, defaults, and ranges come from ConfigTable. Only the meanings, and defaults that depend on other values, are
 * written here. A key without a meaning, or a meaning without a key, is a type error.
 */
import * as ConfigFault from "./ConfigFault.ts"
import type { PathIn } from "./ConfigFile.ts"
import * as ConfigTable from "./ConfigTable.ts"

export interface DocRow {
  /** The full path: `mqtt.reconnect.jitter`; `sensors.<type>` stands for any sensor. */
  readonly key: string
  /** As JSON, or in words where it follows from other values; `required` where there is none. */
  readonly default: string
  readonly meaning: string
  /** The values allowed: `a whole number from 1 to 65535`. */
  readonly range: string
}

/** The meaning, with its unit at the end in brackets, and the default in words if the table has none. */
type Meaning = readonly [meaning: string, fallback?: string]

type Meanings<R extends ConfigTable.Rows> = Readonly<Record<PathIn<R>, Meaning>>

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
    "How long one wake may last before the board sleeps again; always on: how long the device waits for the Server (seconds)"
  ],
  spread_wakes: [
    "Wake at a moment of the interval that follows from `mqtt.client_id`, so that devices powered up at once do not all connect at once; the first sleep is shorter"
  ],
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

const sensor: Meanings<typeof ConfigTable.sensorRows> = {
  id: ["Its level in topics: `<prefix>/<id>/data`", "the sensor's key, such as `dht22`"],
  name: ["Name for people", "the sensor's `id`"],
  pin: ["Number of the GPIO pin that it is connected to", "required, except for `simulated`"],
  interval: ["Time between two readings (seconds); 0: at every wake"],
  max_silence: ["With `change`: the longest time without a published reading (seconds)", "3600 with `change`"],
  "temperature.name": ["Name of the quantity"],
  "temperature.unit": ["Unit in which it is published: Celsius or Fahrenheit"],
  "temperature.change": change,
  "temperature.above": above,
  "temperature.below": below,
  "temperature.hysteresis": hysteresis,
  "humidity.name": ["Name of the quantity"],
  "humidity.unit": ["Unit in which it is published; relative humidity is in percent"],
  "humidity.change": change,
  "humidity.above": above,
  "humidity.below": below,
  "humidity.hysteresis": hysteresis
}

const mqtt: Meanings<typeof ConfigTable.mqttRows> = {
  enabled: ["Whether the device uses MQTT; `false`: no connection, and no error"],
  client_id: ["Client Identifier; may contain `{device_id}`. Two devices must not share one"],
  broker: ["Host name or address of the Server; needed when `enabled`"],
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
  topic_command: ["Topic on which an always-on device takes commands; empty: none"],
  load_config_from_mqtt: ["Take configuration updates"],
  config_secret: ["Secret with which updates must be signed (`npx dormouse sign`); empty: unsigned ones are taken"],
  config_wait_time: ["How long to wait for a configuration after the data has been sent (seconds)"],
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
  "outbox.capacity": ["How many messages are kept until the Server acknowledges them"],
  "outbox.bytes": ["Bytes of flash or disk for those that do not fit into the snapshot, in pages of 4,096"],
  "outbox.when_full": [
    "Which message is dropped when the Outbox is full and a new one comes; `thin_older`: every second one of the older half, topic by topic"
  ]
}

/** The same for the parts of a file, which have no rows in the README's table. */
const partMeanings: Readonly<Record<string, string>> = {
  network: "The Wi-Fi network to join.",
  network_fallback: "The network to join when the first is not there.",
  sensors: "The sensors. The key of each is its type: dht22, bme280, or simulated, which needs no hardware.",
  mqtt: "The Server and what is published there."
}

/** What a part of a file is for; undefined for any other key. */
export const meaningOfPart = (key: string): string | undefined => partMeanings[key]

const meanings: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  network,
  network_fallback: network,
  sensors: sensor,
  mqtt
}

/** Stands for the keys that the user chooses in a path. */
export const anyKey = "<type>"

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
    if (below !== undefined) {return docsOf(below, meanings[name] ?? {},
        name + (kind === "parts" ? "." + anyKey + "." : "."))}
    const [meaning, words] = known[inner + name] ?? [""]
    const standard = fallback === ConfigTable.required ? "required" : JSON.stringify(fallback)
    return [{ key: path + inner + name, default: words ?? standard, meaning, range: ConfigFault.fixFor(row) }]
  })

/** One row for each key, in the order in which they are checked. */
export const configDocs: ReadonlyArray<DocRow> = docsOf(ConfigTable.deviceRows, device, "")
