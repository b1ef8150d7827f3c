/**
 * Random device files: valid ones, and ones with a few things spoilt in them.
 */
import * as fc from "fast-check"

export type Json = { [key: string]: unknown }

const seconds = fc.oneof(fc.integer({ min: 1, max: 31536000 }), fc.constantFrom(0.5, 1, 21600))
const interval = fc.oneof(fc.integer({ min: 1, max: 31536000 }), fc.constantFrom(1, 1.5, 21600))
const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom("ä", "{device_id}"))
const name = fc.stringMatching(/^[a-z]{1,8}$/)
const topic = fc.array(fc.stringMatching(/^[a-z0-9_]{1,5}$/), { minLength: 1, maxLength: 4 }).map((levels) =>
  levels.join("/")
)
const broker = fc.constantFrom<unknown>("broker.local", "10.0.0.1", "fd00::1", ["broker.local", "10.0.0.1:1"], ["a:9"])
const record = <T extends { [key: string]: fc.Arbitrary<unknown> }>(
  fields: T,
  requiredKeys: Array<keyof T & string> = []
) => fc.record<Json>(fields, { requiredKeys })

const network = record({ ssid: name, password: text, timeout: seconds }, ["ssid"])

const limits = {
  change: fc.double({ min: 0.01, max: 1000, noNaN: true }),
  above: fc.integer({ min: 0, max: 1000 }),
  below: fc.integer({ min: -1000, max: -1 }),
  hysteresis: fc.integer({ min: 0, max: 1000 })
}

/** Two points need four values, and then no factor. */
const calibration = {
  decimals: fc.nat({ max: 6 }),
  offset: fc.double({ min: -100, max: 100, noNaN: true }),
  scale: fc.double({ min: -100, max: 100, noNaN: true }),
  device_class: text
}

const points = fc.constantFrom<Json>({ measured_low: 1, true_low: 0, measured_high: 2, true_high: 10 }, {
  measured_low: 71.5,
  true_low: 0,
  measured_high: 30,
  true_high: -100,
  decimals: 1
})

const quantity = fc.oneof(record({ name: text, unit: text, ...limits, ...calibration }), points)

const sensor = record({
  name: text,
  pin: fc.nat({ max: 48 }),
  interval: fc.nat({ max: 86400 }),
  max_silence: fc.integer({ min: 1, max: 604800 }),
  temperature: record({ name: text, unit: fc.constantFrom("C", "F"), ...limits, ...calibration }),
  humidity: fc.oneof(record({ name: text, unit: text, ...limits }), points),
  quantities: record({ pressure: quantity, mine_2: quantity }),
  scl: fc.nat({ max: 48 }),
  address: fc.integer({ min: 1, max: 127 }),
  device: text
}, ["pin"])

const battery = fc.oneof(
  record({
    pin: fc.nat({ max: 48 }),
    command: name,
    divider: fc.double({ min: 0.1, max: 100, noNaN: true }),
    chemistry: fc.constantFrom("li-ion", "lifepo4", "alkaline", "nimh"),
    cells: fc.integer({ min: 1, max: 16 }),
    low: fc.integer({ min: 0, max: 100 }),
    low_send_interval: fc.nat({ max: 604800 })
  }, ["pin"]),
  record({ command: name, full: fc.integer({ min: 3, max: 60 }), empty: fc.constantFrom(1, 2.5) }, ["command", "full",
    "empty"])
)

const reconnect = record({
  enabled: fc.boolean(),
  max_attempts: fc.integer({ min: 1, max: 10 }),
  try_interval: fc.constant(0),
  backoff_factor: fc.double({ min: 1, max: 4, noNaN: true }),
  min_interval: fc.integer({ min: 1, max: 3600 }),
  max_interval: fc.integer({ min: 3600, max: 21600 }),
  jitter: fc.double({ min: 0, max: 1, noNaN: true }),
  attempt_count: fc.nat(),
  last_attempt_time: fc.nat()
})

const mqtt = record({
  enabled: fc.boolean(),
  client_id: name,
  broker,
  port: fc.integer({ min: 1, max: 65535 }),
  keepalive: fc.nat({ max: 65535 }),
  timeout: fc.constantFrom(0.5, 10),
  ssl: fc.boolean(),
  ssl_ca: text,
  use_esp32_client: fc.boolean(),
  topic_data_prefix: topic,
  topic_config: topic,
  topic_command: topic,
  load_config_from_mqtt: fc.boolean(),
  config_secret: text,
  config_wait_time: seconds,
  publish_interval: interval,
  update_interval: interval,
  publish_values: fc.boolean(),
  publish_status: fc.boolean(),
  send_interval: fc.nat({ max: 604800 }),
  send_when_pending: fc.nat({ max: 1000 }),
  reconnect,
  outbox: record({
    capacity: fc.integer({ min: 1, max: 100_000 }),
    bytes: fc.integer({ min: 4096, max: 100_000_000 }),
    when_full: fc.constantFrom("drop_oldest", "drop_newest", "keep_newest_per_topic", "thin_older")
  })
}, ["broker"])

const login = fc.constantFrom<Json>({}, { username: "u" }, { username: "u", password: "p" })
const certificate = fc.constantFrom<Json>({}, { ssl_cert: "C", ssl_key: "K" }, { ssl_cert: "", ssl_key: "" })
const twoTopics = fc.constantFrom<Json>({}, { topic_config_version: "v", topic_config_data: "d" })

/** A file that is valid in every key it names. */
export const validDocument: fc.Arbitrary<Json> = record({
  device_id: name,
  device_name: text,
  version: fc.nat(),
  update_interval: interval,
  deep_sleep: fc.boolean(),
  awake_timeout: seconds,
  spread_wakes: fc.boolean(),
  credentials: fc.boolean(),
  wake_pin: fc.nat({ max: 48 }),
  wake_on: fc.constantFrom("change", "high", "low"),
  time: record({
    server: fc.constantFrom("", "pool.ntp.org", "10.0.0.1"),
    port: fc.integer({ min: 1, max: 65535 }),
    sync_interval: fc.integer({ min: 60, max: 604800 })
  }),
  battery,
  network,
  network_fallback: network,
  sensors: record({
    dht22: sensor,
    bme280: fc.tuple(sensor, name).map(([one, id]) => ({ ...one, id: "b" + id })),
    simulated: record({ interval: fc.nat(9) }),
    roof: sensor.map((one) => ({ ...one, driver: "ds18b20" })),
    rain: record({ driver: fc.constant("script"), script: text, quantities: record({ rain: quantity }) }, ["driver"])
  }),
  mqtt: fc.tuple(mqtt, login, certificate, twoTopics).map((parts) => Object.assign({}, ...parts) as Json)
})

const pathsOf = (value: unknown, path: ReadonlyArray<string> = []): ReadonlyArray<ReadonlyArray<string>> =>
  typeof value !== "object" || value === null
    ? [path]
    : [...(path.length === 0 ? [] : [path]), ...Object.entries(value).flatMap(([key, inner]) =>
      pathsOf(inner, [...path, key])
    )]

const spoiling = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(null, "", 0, 0.5, -1, 1, 1.5, 65536, 1e300, true, "C", "a/b", "x y", "#",
      "\u0000", "\ud800", [], {}, { unit: "C" }, "{device_id}", "u@h")
  },
  { weight: 1, arbitrary: fc.string() },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 2, arbitrary: fc.constant(undefined) }
)

/** Places that a spoilt file may name although the valid one did not. */
const extraPaths = [
  ["mqtt", "username"],
  ["battery", "pin"],
  ["battery", "empty"],
  ["mqtt", "password"],
  ["mqtt", "ssl_key"],
  ["mqtt", "broker"],
  ["mqtt", "topic_config_data"],
  ["mqtt", "reconnect", "max_interval"],
  ["mqtt", "reconnect", "try_interval"],
  ["mqtt", "timeout"],
  ["mqtt", "unknown"],
  ["sensors", "a/b"],
  ["sensors", "bme280", "id"],
  ["network", "password"]
]

/** Sets the value at `path`, or removes the key for `undefined`. Stops where the path leads through something else. */
const put = (document: Json, path: ReadonlyArray<string>, value: unknown): Json => {
  const [key, ...rest] = path
  if (key === undefined) return document
  const copy: Json = { ...document }
  if (rest.length > 0) {
    const inner = copy[key]
    if (inner === undefined || (typeof inner === "object" && inner !== null && !Array.isArray(inner))) {
      copy[key] = put((inner ?? {}) as Json, rest, value)
    }
  } else if (value === undefined) delete copy[key]
  else copy[key] = value
  return copy
}

/** A valid file in which one to three values were replaced, added, or removed. Some are valid still. */
export const spoiltDocument: fc.Arbitrary<Json> = fc.tuple(
  validDocument,
  fc.array(fc.tuple(fc.nat(), spoiling), { minLength: 1, maxLength: 3 })
).map(([document, changes]) =>
  changes.reduce((spoilt, [index, value]) => {
    const paths = [...pathsOf(spoilt), ...extraPaths]
    return put(spoilt, paths[index % paths.length] ?? [], value)
  }, document)
)
