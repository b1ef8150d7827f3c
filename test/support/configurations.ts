/**
 * The configurations that a board's figures are measured with: each way in which one device's file costs a board more
 * than another, alone and together. What a board keeps, and what an update may hold, is bounded by what every one of
 * them survives.
 */
import * as certificates from "./certificates.ts"

export interface Configuration {
  /** What it has beyond one simulated sensor, for the table of docs/esp32.md. */
  readonly name: string
  readonly file: { readonly mqtt?: Readonly<Record<string, unknown>>; readonly [key: string]: unknown }
}

const simulated = { simulated: { id: "air" } }
const dht22 = { dht22: { id: "balcony-dht22", pin: 4 } }
const bme280 = { bme280: { id: "attic", pin: 21 } }
const secret = "correct horse battery staple"

/** `/homecontrol/...`, this many bytes long. */
const topic = (bytes: number, end: string): string =>
  "/homecontrol/" + "greenhouse-".repeat(99).slice(0, bytes - 14 - Buffer.byteLength(end)) + "/" + end

const long = (bytes: number) => ({ topic_data_prefix: topic(bytes, "data"), topic_config: topic(bytes, "config") })

const unicode = {
  topic_data_prefix: "/maison/\u00e9tage/\u6e29\u5ba4/\ud83c\udf31",
  topic_config: "/maison/\u00e9tage/config",
  client_id: "capteur-\u00fc",
  username: "j\u00f6rg",
  password: "p\u00e4ssw\u00f6rd"
}

const two = {
  topic_config_version: "/homecontrol/greenhouse/config/version",
  topic_config_data: "/homecontrol/greenhouse/config/data"
}

const ownCertificate = {
  ssl: true,
  ssl_ca: certificates.ca,
  ssl_cert: certificates.client.cert,
  ssl_key: certificates.client.key
}

const intervals = {
  dht22: { ...dht22.dht22, interval: 1_200, temperature: { unit: "F" } },
  bme280: { ...bme280.bme280, interval: 600 },
  simulated: { ...simulated.simulated, interval: 600 }
}

/** All that can be had together. */
const everything = {
  device_name: "The greenhouse behind the house",
  spread_wakes: true,
  network_fallback: { ssid: "neighbour", password: "another secret" },
  sensors: intervals,
  mqtt: {
    ...unicode,
    ...two,
    ...ownCertificate,
    topic_data_prefix: topic(200, "\u6e29\u5ba4"),
    publish_values: true,
    config_secret: secret,
    reconnect: { jitter: 0.5 },
    outbox: { when_full: "keep_newest_per_topic" }
  }
}

/** Its readings come often, so that a test need not wait for a full Outbox. */
const stays = { deep_sleep: false, update_interval: 20 }
/** A trial of a board that is always on is over when messages have given way: soon. */
const soonFull = {
  topic_command: "/homecontrol/greenhouse/command",
  reconnect: { min_interval: 60, max_interval: 120 },
  outbox: { capacity: 30 }
}

export const configurations: ReadonlyArray<Configuration> = [
  { name: "one simulated sensor", file: { sensors: simulated } },
  {
    name: "a DHT22, all else by default",
    file: { sensors: dht22, mqtt: { topic_data_prefix: undefined, topic_config: undefined } }
  },
  { name: "a BME280", file: { sensors: bme280 } },
  { name: "a DHT22 first, simulated last", file: { sensors: { ...dht22, ...simulated } } },
  { name: "simulated first, a DHT22 last", file: { sensors: { ...simulated, ...dht22 } } },
  { name: "a BME280 first, simulated last", file: { sensors: { ...bme280, ...simulated } } },
  { name: "simulated first, a BME280 last", file: { sensors: { ...simulated, ...bme280 } } },
  { name: "a DHT22, then a BME280", file: { sensors: { ...dht22, ...bme280 } } },
  { name: "a BME280, then a DHT22", file: { sensors: { ...bme280, ...dht22 } } },
  { name: "three sensors", file: { sensors: { ...dht22, ...bme280, ...simulated } } },
  { name: "three sensors with intervals of their own", file: { sensors: intervals } },
  { name: "TLS", file: { sensors: simulated, mqtt: { ssl: true } } },
  { name: "TLS with a certificate of its own", file: { sensors: simulated, mqtt: ownCertificate } },
  { name: "two configuration topics", file: { sensors: simulated, mqtt: two } },
  { name: "topics of 55 bytes", file: { sensors: simulated, mqtt: long(55) } },
  { name: "topics of 200 bytes", file: { sensors: dht22, mqtt: long(200) } },
  { name: "texts outside ASCII", file: { sensors: { simulated: { id: "\u6e29\u5ba4" } }, mqtt: unicode } },
  { name: "publish_values", file: { sensors: simulated, mqtt: { publish_values: true } } },
  {
    name: "publish_values, three sensors",
    file: { sensors: { ...dht22, ...bme280, ...simulated }, mqtt: { publish_values: true } }
  },
  { name: "signed updates", file: { sensors: simulated, mqtt: { config_secret: secret } } },
  {
    name: "keep_newest_per_topic",
    file: { sensors: { ...dht22, ...simulated }, mqtt: { outbox: { when_full: "keep_newest_per_topic" } } }
  },
  {
    name: "thin_older",
    file: { sensors: { ...dht22, ...simulated }, mqtt: { outbox: { capacity: 100, when_full: "thin_older" } } }
  },
  // Sent at every wake all the same, as the trial wants it, by the program that can do otherwise.
  {
    name: "send_interval",
    file: { sensors: simulated, mqtt: { send_interval: 86_400, send_when_pending: 1 } }
  },
  {
    name: "spread_wakes, jitter",
    file: { sensors: simulated, spread_wakes: true, mqtt: { reconnect: { jitter: 0.5 } } }
  },
  {
    name: "two networks, an account",
    file: {
      sensors: dht22,
      network_fallback: { ssid: "other", password: "secret too" },
      mqtt: { username: "dormouse", password: "hazelnut" }
    }
  },
  { name: "everything at once", file: everything },
  {
    name: "a server that tells the time",
    file: { sensors: { ...dht22, ...simulated }, time: { server: "127.0.0.1", port: 9, sync_interval: 60 } }
  },
  {
    name: "a battery and a status",
    file: {
      sensors: { ...dht22, ...simulated },
      battery: { pin: 35, low_send_interval: 21_600 },
      mqtt: { publish_status: true }
    }
  },
  { name: "two Servers", file: { sensors: simulated, mqtt: { broker: ["127.0.0.1", "localhost"] } } },
  {
    name: "commands while it sleeps",
    file: { sensors: simulated, mqtt: { topic_command: "/homecontrol/greenhouse/command" } }
  },
  { name: "always on", file: { ...stays, sensors: simulated, mqtt: soonFull } },
  { name: "always on, a DHT22 and a BME280", file: { ...stays, sensors: { ...dht22, ...bme280 }, mqtt: soonFull } },
  {
    name: "always on, everything at once",
    file: {
      ...everything,
      ...stays,
      sensors: { ...dht22, ...bme280 },
      mqtt: { ...everything.mqtt, ...soonFull }
    }
  }
]

/** The device's file, for a Server at this port of this machine; `config_wait_time` is what a test can wait. */
export const documentOf = (
  { file }: Configuration,
  port: number
): { readonly mqtt: Readonly<Record<string, unknown>>; readonly [key: string]: unknown } => ({
  device_id: "greenhouse",
  version: 1,
  update_interval: 600,
  network: { ssid: "home", password: "secret" },
  ...file,
  mqtt: {
    enabled: true,
    broker: "127.0.0.1",
    port,
    client_id: "{device_id}",
    topic_data_prefix: "/homecontrol/greenhouse/data",
    topic_config: "/homecontrol/greenhouse/config",
    config_wait_time: 0.1,
    ...file.mqtt
  }
})
