/**
 * A device's file as a Schema, for editors and for bundle time; Node only, because Schema is larger than the rest of the
 * program. Written by hand and not made from ConfigTable: a test holds the two equal, so that each guards the other.
 *
 * Fields stand in the order in which `DeviceConfig.check` reads them, so that both complain about the same one first.
 * Defaults are not filled in here.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import { utf8Length } from "./Text.ts"

const year = 31536000
const day = 86400

const text = (least: number, most: number) =>
  Schema.String.check(Schema.makeFilter(
    (value: string) => utf8Length(value) >= least && utf8Length(value) <= most,
    { expected: `text of ${least} to ${most} bytes` }
  ))
const anyText = text(0, 65535)
const pem = text(0, 1000000)

const topic = (least: number, most = 65535) =>
  text(least, most).check(Schema.makeFilter((value: string) => !/[+#]/.test(value), { expected: "a Topic Name without + #" }))

const isLevel = (value: string) => value !== "" && !/[/+#]/.test(value) && utf8Length(value) > 0
const level = text(0, 65535).check(Schema.makeFilter(isLevel, { expected: "one topic level" }))

const host = text(0, 253).check(Schema.makeFilter(
  (value: string) => !/[ \t\r\n/@]/.test(value) && value.split(":").length !== 2,
  { expected: "a host name or address alone" }
))

const between = (minimum: number, maximum: number) => Schema.Finite.check(Schema.isBetween({ minimum, maximum }))
const isWhole = Schema.makeFilter((value: number) => Math.floor(value) === value, { expected: "a whole number" })
const whole = (minimum: number) => Schema.Finite.check(isWhole, Schema.isGreaterThanOrEqualTo(minimum))
const wholeBetween = (minimum: number, maximum: number) => between(minimum, maximum).check(isWhole)
const seconds = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(year))
const wait = Schema.Finite.check(Schema.isGreaterThan(0), Schema.isLessThanOrEqualTo(day))
/** Between two wakes. */
const interval = between(1, year)
const key = Schema.optionalKey

const network = Schema.Struct({
  ssid: text(1, 32),
  password: key(text(0, 64)),
  timeout: key(seconds)
})

const sensor = Schema.Struct({
  id: key(level),
  name: key(anyText),
  pin: key(whole(0)),
  interval: key(between(0, year)),
  temperature: key(Schema.Struct({ name: key(anyText), unit: key(Schema.Literals(["C", "F"])) })),
  humidity: key(Schema.Struct({ name: key(anyText), unit: key(anyText) }))
})

const reconnect = Schema.Struct({
  enabled: key(Schema.Boolean),
  max_attempts: key(wholeBetween(1, 1000)),
  try_interval: key(between(0, day)),
  backoff_factor: key(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(1))),
  min_interval: key(wait),
  max_interval: key(wait),
  jitter: key(between(0, 1)),
  attempt_count: key(whole(0)),
  last_attempt_time: key(Schema.Finite.check(Schema.isGreaterThanOrEqualTo(0)))
})

const mqtt = Schema.Struct({
  enabled: key(Schema.Boolean),
  client_id: key(text(1, 256)),
  broker: key(host),
  port: key(wholeBetween(1, 65535)),
  username: key(anyText),
  password: key(anyText),
  keepalive: key(wholeBetween(0, 65535)),
  timeout: key(seconds),
  ssl: key(Schema.Boolean),
  ssl_ca: key(pem),
  ssl_cert: key(pem),
  ssl_key: key(pem),
  use_esp32_client: key(Schema.Boolean),
  topic_data_prefix: key(topic(1, 65000)),
  topic_config: key(topic(1)),
  topic_config_version: key(topic(0)),
  topic_config_data: key(topic(0)),
  topic_command: key(topic(0)),
  load_config_from_mqtt: key(Schema.Boolean),
  config_secret: key(anyText),
  config_wait_time: key(seconds),
  publish_interval: key(interval),
  update_interval: key(interval),
  publish_values: key(Schema.Boolean),
  reconnect: key(reconnect),
  outbox: key(Schema.Struct({
    capacity: key(wholeBetween(1, 1000)),
    when_full: key(Schema.Literals(["drop_oldest", "keep_newest_per_topic"]))
  }))
})

const file = Schema.Struct({
  device_id: key(text(1, 256)),
  device_name: key(anyText),
  version: key(wholeBetween(0, 9007199254740991)),
  update_interval: key(interval),
  deep_sleep: key(Schema.Boolean),
  awake_timeout: key(seconds),
  spread_wakes: key(Schema.Boolean),
  network: key(network),
  network_fallback: key(network),
  sensors: key(Schema.Record(Schema.String, sensor)),
  mqtt: key(mqtt)
})

/** A device's file as it is written: snake_case keys, nearly all of them optional. */
export type DeviceDocument = typeof file.Type

type Fault = { readonly path: ReadonlyArray<string>; readonly issue: string }

/** The keys in which `{device_id}` is filled in, and the most bytes that each may then have. */
const filledIn = {
  client_id: 256,
  username: 65535,
  topic_data_prefix: 65000,
  topic_config: 65535,
  topic_config_version: 65535,
  topic_config_data: 65535,
  topic_command: 65535
} as const

const fill = (text: string, deviceId: string) => text.replaceAll("{device_id}", () => deviceId)

const placeholderFaults = (given: typeof mqtt.Type, deviceId: string): ReadonlyArray<Fault> =>
  Object.entries(filledIn).flatMap(([name, most]) => {
    const text = given[name as keyof typeof filledIn]
    if (text === undefined || !text.includes("{device_id}")) return []
    const filled = fill(text, deviceId)
    const fits = utf8Length(filled) <= most && (!name.startsWith("topic") || !/[+#]/.test(filled))
    return fits ? [] : [{ path: ["mqtt", name], issue: "does not fit with device_id filled in" }]
  })

const mqttFaults = (given: typeof mqtt.Type, deviceId: string): ReadonlyArray<Fault> => {
  const faults = [...placeholderFaults(given, deviceId)]
  const refuse = (issue: string, ...path: ReadonlyArray<string>) => faults.push({ path: ["mqtt", ...path], issue })
  const together = (first: keyof typeof given, second: keyof typeof given) => {
    if (!given[first] && given[second]) refuse(`is needed by ${second}`, first)
    if (!given[second] && given[first]) refuse(`is needed by ${first}`, second)
  }
  if (given.enabled && !given.broker) refuse("is needed while enabled is true", "broker")
  if (given.password && !given.username) refuse("is useless without username", "password")
  together("ssl_cert", "ssl_key")
  together("topic_config_version", "topic_config_data")
  if (given.topic_config_data && fill(given.topic_config_data, deviceId) === fill(given.topic_config_version ?? "", deviceId)) {
    refuse("is the topic of the version", "topic_config_data")
  }
  const { max_interval = 21600, min_interval = 3600, try_interval = 0 } = given.reconnect ?? {}
  if (max_interval < min_interval) refuse("is less than min_interval", "reconnect", "max_interval")
  if (try_interval > min_interval) refuse("is more than min_interval", "reconnect", "try_interval")
  return faults
}

/** What does not fit into the time that a wake may last. */
const awakeFaults = ({ awake_timeout: awake = 60, deep_sleep = true, mqtt: given = {} }: DeviceDocument): ReadonlyArray<Fault> => {
  const { reconnect: { enabled = true, max_attempts = 3, try_interval = 0 } = {}, timeout = 10 } = given
  const faults: Array<Fault> = []
  if (timeout > awake && timeout !== 10) faults.push({ path: ["mqtt", "timeout"], issue: "is more than awake_timeout" })
  if (deep_sleep && enabled && try_interval > 0 && (max_attempts - 1) * try_interval + timeout > awake) {
    faults.push({ path: ["mqtt", "reconnect", "try_interval"], issue: "does not fit into awake_timeout" })
  }
  return faults
}

const sensorFaults = (given: DeviceDocument): ReadonlyArray<Fault> => {
  const faults: Array<Fault> = []
  const prefix = fill(given.mqtt?.topic_data_prefix ?? "/homecontrol/device/data", given.device_id ?? "esp_sensor")
  const ids = new Set<string>()
  for (const [type, { id = type, pin }] of Object.entries(given.sensors ?? {})) {
    const refuse = (name: string, issue: string) => faults.push({ path: ["sensors", type, name], issue })
    if (pin === undefined && type !== "simulated") refuse("pin", "is needed")
    if (!isLevel(id)) refuse("id", "is not one topic level")
    else if (ids.has(id)) refuse("id", "is taken")
    else if (utf8Length(`${prefix}/${id}/temperature`) > 65535) refuse("id", "is too long for a topic")
    ids.add(id)
  }
  return faults
}

export const DeviceConfigSchema = file.check(
  Schema.makeFilter((given: DeviceDocument) => [...mqttFaults(given.mqtt ?? {}, given.device_id ?? "esp_sensor"), ...sensorFaults(given), ...awakeFaults(given)])
)

/** What the Schema refuses: the fields, in the names of `DeviceConfig.check`. */
export interface Refusal {
  readonly issues: ReadonlyArray<{ readonly field: string; readonly problem: string }>
}

const decodeAll = Schema.decodeUnknownResult(DeviceConfigSchema, { errors: "all" })
const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** The document itself, without unknown keys, or every field at fault. Messages do not hold values: they may be passwords. */
export const decode = (input: unknown): Result.Result<DeviceDocument, Refusal> =>
  Result.mapError(decodeAll(input), (error) => ({
    issues: format(error.issue).issues.map(({ message, path }) => ({
      field: path === undefined || path.length === 0 ? "configuration" : path.join("."),
      problem: message
    }))
  }))
