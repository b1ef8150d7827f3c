/** Updates that hold as much as one may, each in its own way; and such as hold too much. */
import * as UpdateLimits from "../../src/domain/config/UpdateLimits.ts"

export interface LargeUpdate {
  readonly name: string
  readonly update: Readonly<Record<string, unknown>>
}

const keyed = (count: number, of: (index: number) => readonly [key: string, value: unknown]) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => of(index)))

/** Bytes that a board takes as one packet, less room for its topic and the rest of the document. */
const longBytes = 1_400

/** Each names the sensors that are there already: `{"version":2,"sensors":...}` is laid over the device's file. */
export const withinLimits: ReadonlyArray<LargeUpdate> = [
  { name: "one key", update: { update_interval: 300 } },
  { name: "unknown keys", update: keyed(UpdateLimits.maxUnknown, (index) => ["unknown" + index, index]) },
  {
    name: "tables in tables",
    update: {
      note: JSON.parse(
        "{\"a\":".repeat(UpdateLimits.maxDepth - 1) + "1" + "}".repeat(UpdateLimits.maxDepth - 1)
      ) as unknown
    }
  },
  { name: "a list", update: { note: Array.from({ length: UpdateLimits.maxValues - 10 }, (_, index) => index) } },
  { name: "a long text", update: { device_name: "x".repeat(longBytes) } },
  {
    name: "every policy and every network",
    update: {
      device_name: "All that can be named",
      awake_timeout: 61,
      network: { ssid: "home", password: "secret", timeout: 19 },
      network_fallback: { ssid: "other", password: "secret", timeout: 18 },
      mqtt: {
        keepalive: 59,
        use_esp32_client: true,
        load_config_from_mqtt: true,
        config_wait_time: 0.1,
        publish_interval: 600,
        publish_values: false,
        reconnect: {
          enabled: true,
          max_attempts: 3,
          backoff_factor: 2,
          min_interval: 3_600,
          max_interval: 21_600,
          jitter: 0.1
        },
        outbox: { capacity: 12, when_full: "drop_oldest" }
      }
    }
  }
]

export const overLimits: ReadonlyArray<LargeUpdate & { readonly reason: RegExp }> = [
  {
    name: "100 unknown keys",
    update: keyed(100, (index) => ["k" + index, index]),
    reason: /must hold at most 100 values/
  },
  {
    name: "20 unknown keys",
    update: keyed(20, (index) => ["k" + index, index]),
    reason: /at most 10 keys that the configuration does not have, but holds 20, such as k0/
  },
  {
    name: "20 unknown keys of mqtt",
    update: { mqtt: keyed(20, (index) => ["k" + index, index]) },
    reason: /but holds 20, such as mqtt.k0/
  },
  {
    name: "20 sensors",
    update: { sensors: keyed(20, (index) => ["s" + index, { pin: index }]) },
    reason: /sensors must be at most 8 in an update, but are 20/
  },
  {
    name: "900 numbers",
    update: { note: Array.from({ length: 900 }, () => 1) },
    reason: /must hold at most 100 values/
  },
  { name: "1,400 numbers", update: { note: Array.from({ length: 1_400 }, () => 1) }, reason: /bytes/ },
  {
    name: "lists in lists",
    update: { note: JSON.parse("[".repeat(120) + "]".repeat(120)) as unknown },
    reason: /must hold at most 100 values/
  },
  {
    name: "a few lists in lists",
    update: { note: JSON.parse("[".repeat(UpdateLimits.maxDepth) + "]".repeat(UpdateLimits.maxDepth)) as unknown },
    reason: /must hold at most 16 tables and lists in one another, but holds more/
  }
]
