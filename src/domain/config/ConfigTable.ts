/**
 * Every key of a device's file as one row of a table, and the one function that interprets the rows.
 *
 * This is the only place for keys, types, ranges and defaults. From it follow the types (ConfigFile), the Schema
 * (DeviceConfigSchema), the JSON Schema (configJsonSchema) and the documentation (configDocs, which adds what a key
 * means). It runs on the board too, so it is a loop over plain data and nothing more. A row checks one value; rules
 * between values are in ConfigRules. A refused value is reported and left `undefined`, so that no rule reports it
 * again. Texts are measured in UTF-8 bytes, durations are in seconds.
 */
import { brokerKind } from "./BrokerList.ts"
import { fixFor, type Issue, notAnObject, problemOf } from "./ConfigFault.ts"
import type { Row, Rows, Values } from "./ConfigRow.ts"
import { accepts } from "./ConfigValue.ts"
import { batteryRows } from "./BatteryRows.ts"
import { journalBytes } from "./journalBytes.ts"
import { calibrationRows, driverRows, limitRows } from "./SensorRows.ts"

export type { Kind, Row, Rows } from "./ConfigRow.ts"
export { batteryRows } from "./BatteryRows.ts"
export { standardPort } from "./Host.ts"
export { quantityRows } from "./SensorRows.ts"

/** What a check has found so far. */
export interface Report {
  readonly issues: Array<Issue>
  readonly warnings: Array<string>
}

/** The default of a key that must be given. */
export const required = null
/** The defaults of keys whose real default depends on other values: no file can contain these. */
export const absent = ""
export const absentNumber = -1

/** All at once, for platforms with enough memory. */
export const rowsOf = (rows: Rows): ReadonlyArray<Row> => rows.flatMap((part) => part())

/** The rows of the object that a row stands for; undefined for a value. */
export const tableOf = (row: Row): Rows | undefined =>
  row[2] === "table" ? row[3] as Rows : row[2] === "part" || row[2] === "parts" ? row[4] as Rows : undefined

export const year = 31536000
/** A longer wait was meant in milliseconds. An update that cuts a device off is rolled back only after three waits. */
const day = 86400
/** The longest that readings may be kept back: what is older is of little use, and an update waits as long. */
const week = 604800
/** The least time between two wakes: a slip such as 0.001 would keep the board awake and flood the Server. */
const minInterval = 1
const pemBytes = 1000000
/** For a device whose file gives it none. */
export const standardId = "esp_sensor"
/** Seconds between two wakes, where no interval is given. */
export const standardInterval = 60
/** Seconds for each answer of the Server. */
export const standardTimeout = 10
/** Ten days of readings, one in five minutes: the default of what a device keeps. */
export const standardCapacity = 3000
/** Above it a number and the next one are equal, so no version would be newer. */
export const maxVersion = 9007199254740991

export const networkRows = [() =>
  [
    ["ssid", "ssid", "text", required, 1, 32],
    ["password", "password", "secret", "", 0, 64],
    ["timeout", "timeout", "above", 20, 0, year]
  ] as const] as const satisfies Rows

export const sensorRows = [() =>
  [
    ["id", "id", "level", absent],
    ["name", "name", "text", absent],
    ["pin", "pin", "whole", absentNumber, 0],
    ["interval", "interval", "number", 0, 0, year],
    ["max_silence", "maxSilence", "above", undefined, 0, week],
    ["temperature", "temperature", "table", [
      () => [["name", "name", "text", "Temperature"], ["unit", "unit", ["C", "F"], "C"]] as const,
      limitRows[0],
      calibrationRows[0]
    ]],
    ["humidity", "humidity", "table", [
      () => [["name", "name", "text", "Humidity"], ["unit", "unit", "text", "%"]] as const,
      limitRows[0],
      calibrationRows[0]
    ]]
  ] as const, driverRows[0]] as const satisfies Rows

export const reconnectRows = [() =>
  [
    ["enabled", "enabled", "boolean", true],
    ["max_attempts", "maxAttempts", "whole", 3, 1, 1000],
    ["try_interval", "tryInterval", "number", 0, 0, day],
    ["backoff_factor", "backoffFactor", "number", 2, 1],
    ["min_interval", "minInterval", "above", 3600, 0, day],
    ["max_interval", "maxInterval", "above", 21600, 0, day],
    ["jitter", "jitter", "number", 0, 0, 1],
    ["attempt_count", "attemptCount", "whole", 0, 0],
    ["last_attempt_time", "lastAttemptTime", "number", 0, 0]
  ] as const] as const satisfies Rows

export const outboxRows = [() =>
  [
    ["capacity", "capacity", "whole", standardCapacity, 1, 100_000],
    ["bytes", "bytes", "whole", journalBytes, 4096, 100_000_000],
    ["when_full", "whenFull", ["drop_oldest", "drop_newest", "keep_newest_per_topic", "thin_older"], "drop_oldest"]
  ] as const] as const satisfies Rows

export const mqttRows = [() =>
  [
    ["enabled", "enabled", "boolean", false],
    ["client_id", "clientId", "text", standardId, 1, 256],
    ["broker", "broker", brokerKind, "", 0, 253],
    ["port", "port", "whole", absentNumber, 1, 65535],
    ["username", "username", "text", ""],
    ["password", "password", "secret", ""],
    ["keepalive", "keepAlive", "whole", 60, 0, 65535],
    ["timeout", "timeout", "above", standardTimeout, 0, year],
    ["ssl", "ssl", "boolean", false],
    ["ssl_ca", "sslCa", "text", "", 0, pemBytes],
    ["ssl_cert", "sslCert", "text", "", 0, pemBytes],
    ["ssl_key", "sslKey", "secret", "", 0, pemBytes],
    ["use_esp32_client", "useEsp32Client", "boolean", true]
  ] as const, () =>
  [
    ["topic_data_prefix", "topicDataPrefix", "topic", "/homecontrol/device/data", 1, 65000],
    ["topic_config", "topicConfig", "topic", "/homecontrol/device/config", 1],
    ["topic_config_version", "topicConfigVersion", "topic", ""],
    ["topic_config_data", "topicConfigData", "topic", ""],
    ["topic_command", "topicCommand", "topic", ""],
    ["load_config_from_mqtt", "loadConfigFromMqtt", "boolean", true],
    ["config_secret", "configSecret", "secret", ""],
    ["config_wait_time", "configWaitTime", "above", 1, 0, year]
  ] as const, () =>
  [
    ["publish_interval", "publishInterval", "number", absentNumber, minInterval, year],
    ["update_interval", "updateInterval", "number", absentNumber, minInterval, year],
    ["publish_values", "publishValues", "boolean", false],
    ["publish_status", "publishStatus", "boolean", false],
    ["send_interval", "sendInterval", "number", 0, 0, week],
    ["send_when_pending", "sendWhenPending", "whole", 0, 0, 1000],
    ["reconnect", "reconnect", "table", reconnectRows],
    ["outbox", "outbox", "table", outboxRows]
  ] as const] as const satisfies Rows

export const timeRows = [() =>
  [
    ["server", "server", "host", "", 0, 253],
    ["port", "port", "whole", 123, 1, 65535],
    ["sync_interval", "syncInterval", "number", day, 60, week]
  ] as const] as const satisfies Rows

/** Separate, because the version of an update is read before anything else in it. */
export const versionRows = [() => [["version", "version", "whole", 0, 0, maxVersion]] as const] as const satisfies Rows

export const deviceRows = [() =>
  [
    ["device_id", "deviceId", "text", standardId, 1, 256],
    ["device_name", "deviceName", "text", absent]
  ] as const, versionRows[0], () =>
  [
    ["update_interval", "updateInterval", "number", absentNumber, minInterval, year],
    ["deep_sleep", "deepSleep", "boolean", true],
    ["awake_timeout", "awakeTimeout", "above", 60, 0, year],
    ["spread_wakes", "spreadWakes", "boolean", false],
    ["credentials", "credentials", "boolean", undefined],
    ["wake_pin", "wakePin", "whole", undefined, 0],
    ["wake_on", "wakeOn", ["change", "high", "low"], undefined],
    ["time", "time", "table", timeRows],
    ["battery", "battery", "part", undefined, batteryRows],
    ["network", "network", "part", undefined, networkRows],
    ["network_fallback", "networkFallback", "part", undefined, networkRows],
    ["sensors", "sensors", "parts", undefined, sensorRows],
    ["mqtt", "mqtt", "part", undefined, mqttRows]
  ] as const] as const satisfies Rows

export const isObject = (value: unknown): value is { readonly [key: string]: unknown } =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Whether a row is for a PEM text, which a file may replace by the name of a file. */
export const isPem = (row: Row): boolean => row[5] === pemBytes

/** Reads `input` by `rows`; `path` is its place in the file, empty for the whole file. Adds to `report`. */
export const read = <T>(rows: Rows, input: unknown, path: string, report: Report): Values<T> => {
  const values: { [property: string]: unknown } = {}
  const known: Array<string> = []
  const object = isObject(input)
  if (!object) report.issues.push(notAnObject(path === "" ? "configuration" : path, input))
  for (const part of rows) {
    for (const row of part()) {
      const [key, property, kind, fallback] = row
      const field = path === "" ? key : path + "." + key
      const value = object ? input[key] : undefined
      known.push(key)
      if (kind === "table") {
        values[property] = read(fallback as Rows, value === undefined ? {} : value, field, report)
      } else if (!object) {
        values[property] = undefined
      } else if (value === undefined) {
        if (fallback === required) report.issues.push({ field, problem: "is missing", fix: fixFor(row) })
        // What has no default is not there: a board pays for each value of each sensor.
        else if (fallback !== undefined) values[property] = fallback
      } else if (accepts(row, value)) {
        values[property] = value
      } else {
        report.issues.push({ field, problem: problemOf(row, value), fix: fixFor(row) })
      }
    }
  }
  if (object) {
    for (const key of Object.keys(input)) {
      if (known.indexOf(key) < 0) {
        report.warnings.push(
          (path === "" ? key : path + "." + key) + " is not a key of the configuration and is ignored"
        )
      }
    }
  }
  return values as Values<T>
}

/** The inverse of `read`: the part of a file that gives these values. What is undefined is left out. */
export const write = (rows: Rows, values: object): { [key: string]: unknown } => {
  const file: { [key: string]: unknown } = {}
  for (const part of rows) {
    for (const [key, property, kind, fallback] of part()) {
      const value = (values as { readonly [property: string]: unknown })[property]
      if (value === undefined || kind === "part" || kind === "parts") continue
      file[key] = kind === "table" ? write(fallback as Rows, value as object) : value
    }
  }
  return file
}
