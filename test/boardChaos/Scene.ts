/**
 * The devices: a configuration for each thing that changes a board's program. Each is bundled once in a run; the host
 * in it is a text of nine characters that every life replaces by the address of its own Server.
 */
import * as Result from "effect/Result"
import type { Brokers } from "../../src/domain/config/BrokerList.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as certificates from "../support/certificates.ts"
import * as Espruino from "../support/espruino.ts"

/** What a Server of this test closes the connection on, whatever else happens: its rules forbid such topics. */
export const forbidden = "forbidden/"

/** The host that is bundled. */
export const placeholder = "127.0.0.1"

/** Of a second Server, too, which has what the first one keeps. */
export const ports = { plain: 21_883, tls: 28_883, second: 21_884 }

export interface Scene {
  readonly name: string
  readonly config: DeviceConfig.DeviceConfig
}

const secret = "a secret of some length"

const simulated = { simulated: { id: "air" } }
const dht22 = { dht22: { id: "balcony-dht22", pin: 4 } }
const bme280 = { bme280: { id: "cellar", pin: 21 } }

/** Of values between 0 and 40. */
const onChange = { max_silence: 7_200, temperature: { change: 12, above: 36 }, humidity: { change: 25, below: 2 } }

const longTopic = (bytes: number) => ("/homecontrol/" + "long".repeat(60)).slice(0, bytes)

interface Given {
  readonly sensors?: object
  readonly mqtt?: object
  readonly [key: string]: unknown
}

const unicode = {
  device_id: "gewächshaus-温室-🌱",
  sensors: { simulated: { id: "luft-空気" } },
  network: { ssid: "Käse & Brot", password: "pässwörd" },
  mqtt: {
    client_id: "{device_id}",
    username: "jörg",
    password: "geheim-密",
    topic_data_prefix: "haus/tür-ドア",
    topic_config: "haus/größe/😀"
  }
}

const takesCommands = { topic_command: "homecontrol/command", publish_status: true }

const twoServers = [placeholder, placeholder + ":" + ports.second]

const twoTopics = { topic_config_version: "homecontrol/version", topic_config_data: "homecontrol/data" }

const givens: Readonly<Record<string, Given>> = {
  "simulated": {},
  "dht22": { sensors: dht22 },
  "bme280": { sensors: bme280 },
  "dht22 and bme280": { sensors: { ...dht22, ...bme280 } },
  "bme280 and simulated": { sensors: { ...bme280, ...simulated } },
  "the smallest file": {
    sensors: dht22,
    mqtt: {
      reconnect: {},
      topic_data_prefix: "/homecontrol/device/data",
      topic_config: "/homecontrol/device/config",
      client_id: "{device_id}"
    }
  },
  "tls": { mqtt: { ssl: true, port: ports.tls } },
  "tls with an authority": { mqtt: { ssl: true, port: ports.tls, ssl_ca: certificates.ca } },
  "plain values": { mqtt: { publish_values: true } },
  "two topics": { mqtt: twoTopics },
  "long topics": { sensors: dht22, mqtt: { topic_data_prefix: longTopic(55), topic_config: longTopic(56) } },
  "very long topics": { mqtt: { topic_data_prefix: longTopic(200), topic_config: longTopic(201) } },
  "unicode": unicode,
  "signed": { mqtt: { config_secret: secret } },
  "newest of each topic": {
    sensors: { ...dht22, ...simulated },
    mqtt: { outbox: { capacity: 20, when_full: "keep_newest_per_topic" } }
  },
  "small outbox": { mqtt: { outbox: { capacity: 4, when_full: "drop_oldest" } } },
  "intervals": {
    sensors: {
      simulated: { id: "air" },
      dht22: { ...dht22.dht22, interval: 1_800 },
      bme280: { ...bme280.bme280, interval: 7_200 }
    }
  },
  "spread wakes": { spread_wakes: true },
  "no reconnect policy": { mqtt: { reconnect: { enabled: false } } },
  "longer and longer waits": {
    mqtt: { reconnect: { min_interval: 900, max_interval: 14_400, max_attempts: 2, jitter: 0.3 } }
  },
  "spread tries and a short patience": {
    mqtt: { timeout: 5, reconnect: { min_interval: 600, max_interval: 3_600, try_interval: 5 } }
  },
  "sent seldom": { mqtt: { send_interval: 3_600 } },
  "status": { sensors: dht22, mqtt: { publish_status: true } },
  "on change": { sensors: { dht22: { ...dht22.dht22, ...onChange }, ...simulated } },
  "a server that tells no time": { time: { server: "127.0.0.1", port: 9, sync_interval: 60 } },
  "sent seldom, much else": {
    sensors: { dht22: { ...dht22.dht22, ...onChange }, ...bme280 },
    mqtt: { send_interval: 7_200, send_when_pending: 15, publish_status: true, publish_values: true }
  },
  "sent seldom, a small outbox": {
    mqtt: { send_interval: 14_400, outbox: { capacity: 12, when_full: "drop_oldest" } }
  },
  "thinned out": {
    sensors: { ...dht22, ...simulated },
    mqtt: { send_interval: 14_400, outbox: { capacity: 16, when_full: "thin_older" } }
  },
  "commands": { sensors: dht22, mqtt: takesCommands },
  "a battery and commands": {
    sensors: { ...dht22, ...simulated },
    battery: { pin: 35, low: 30, low_send_interval: 3_600 },
    mqtt: takesCommands
  },
  "soil and a door": {
    sensors: { soil: { driver: "analog", pin: 34, quantities: { moisture: {} } }, contact: { id: "door", pin: 27 } },
    mqtt: { publish_status: true }
  },
  "two servers": { mqtt: { broker: twoServers } },
  "two servers, much else": {
    sensors: dht22,
    mqtt: { ...takesCommands, broker: twoServers, send_interval: 3_600, publish_values: true }
  },
  "always on": { deep_sleep: false, update_interval: 60 },
  "much at once": {
    sensors: { ...dht22, ...bme280 },
    mqtt: { ...twoTopics, publish_values: true, config_secret: secret }
  }
}

const document = ({ mqtt = {}, sensors = simulated, ...top }: Given) => {
  const base = Espruino.document(ports.plain, {})
  return {
    ...base,
    awake_timeout: 20,
    ...top,
    sensors,
    mqtt: {
      ...base.mqtt,
      client_id: "{device_id}",
      config_wait_time: 0.2,
      reconnect: { min_interval: 600, max_interval: 3_600 },
      ...mqtt
    }
  }
}

const scene = (name: string): Scene => {
  const given = givens[name]
  if (given === undefined) throw new Error("no configuration " + name)
  return { name, config: Result.getOrThrow(DeviceConfig.check(document(given))).config }
}

export const scenes: ReadonlyArray<Scene> = Object.keys(givens).map(scene)

export const named = (name: string): Scene | undefined => scenes.find((one) => one.name === name)

/**
 * Modules for the sensors' drivers, as Espruino's are called. They stand in for a sensor on a bus: what they measure
 * follows from chance, to a hundredth, so that two readings hardly ever look the same.
 */
const value = "Math.round(Math.random()*4000)/100"
export const modules: Readonly<Record<string, string>> = {
  DHT22:
    `exports.connect=function(p){return{read:function(d,n){setTimeout(function(){d({temp:${value},rh:${value}})},60)}}}`,
  BME280: `exports.connect=function(i){return{getData:function(){return{temp:${value},humidity:${value}}}}}`
}

/** Pins and buses for what has no module, before the program of a board that has such. */
const played: ReadonlyArray<readonly [is: (config: DeviceConfig.DeviceConfig) => boolean, script: string]> = [
  // Behind two equal resistors a cell of 3.3 to 4.3 V.
  [({ battery, sensors }) => battery !== undefined || sensors.some(({ type }) => type === "analog"),
    "function analogRead(){return 0.5+Math.round(Math.random()*1500)/10000}"],
  [({ sensors }) => sensors.some(({ type }) => type === "contact"),
    "function pinMode(){}function digitalRead(){return Math.random()<0.5?1:0}"]
]

export const playedFor = (config: DeviceConfig.DeviceConfig): string =>
  played.filter(([is]) => is(config)).map(([, script]) => script + "\n").join("")

/** The Servers of a file, at another address. */
export const brokersAt = (broker: Brokers, host: string): Brokers =>
  typeof broker === "string" ? host : broker.map((entry) => entry.replace(placeholder, host))

/** The same files for a Server at another address of this machine, which must have as many characters. */
export const at = (all: Readonly<Record<string, Uint8Array>>, host: string): Readonly<Record<string, Uint8Array>> =>
  Object.fromEntries(
    Object.entries(all).map((
      [name, bytes]
    ) => [name, Buffer.from(Buffer.from(bytes).toString("latin1").replaceAll(placeholder, host), "latin1")])
  )
