/** Configuration updates, good and bad: what anybody may publish at a device's configuration topic. */
import * as Signature from "../../src/domain/config/Signature.ts"
import type { Chance } from "./random.ts"
import type { Scene } from "./Scene.ts"
import { forbidden } from "./Scene.ts"

export interface Update {
  readonly name: string
  readonly version: number
  /** For the topic of the version, in the two-topic form. */
  readonly announced: string
  readonly text: Uint8Array
}

interface Kind {
  readonly name: string
  readonly make: (version: number, chance: Chance, scene: Scene) => object | string | Uint8Array
}

const characters = ["a", "ü", "密", "😀", "\"", "\\", "\n", "/", "é", "\u0001", " ", "ß"]

const text = (chance: Chance, length: number): string => Array.from({ length }, () => chance.one(characters)).join("")

/** Every character outside ASCII as an escape, as Python writes it. */
const escaped = (json: string): string =>
  json.replace(/[\u0080-\uffff]/g, (one) => "\\u" + one.charCodeAt(0).toString(16).padStart(4, "0"))

const many = (count: number, key: (index: number) => string) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [key(index), index]))

const prefix = (scene: Scene): string => scene.config.mqtt.topicDataPrefix

const kinds: ReadonlyArray<Kind> = [
  {
    name: "another interval",
    make: (version, chance) => ({ version, update_interval: chance.one([300, 900, 1_200]) })
  },
  { name: "another name", make: (version, chance) => ({ version, device_name: text(chance, chance.whole(0, 60)) }) },
  {
    name: "another name, escaped",
    make: (version, chance) => escaped(JSON.stringify({ version, device_name: text(chance, chance.whole(1, 60)) }))
  },
  {
    name: "another prefix",
    make: (version, chance, scene) => ({
      version,
      mqtt: { topic_data_prefix: prefix(scene) + chance.one(["", "/moved", "/größer"]) }
    })
  },
  {
    name: "another prefix, escaped",
    make: (version, _, scene) =>
      escaped(JSON.stringify({ version, mqtt: { topic_data_prefix: prefix(scene) + "/größer/😀" } }))
  },
  { name: "a forbidden prefix", make: (version) => ({ version, mqtt: { topic_data_prefix: forbidden + "data" } }) },
  { name: "a port where nobody listens", make: (version) => ({ version, mqtt: { port: 1 } }) },
  { name: "a name that nobody knows", make: (version) => ({ version, mqtt: { broker: "no.such.invalid" } }) },
  {
    name: "another wait",
    make: (version, chance) => ({ version, mqtt: { config_wait_time: chance.one([0.5, 1, 2]) } })
  },
  { name: "values too", make: (version, chance) => ({ version, mqtt: { publish_values: chance.is(0.5) } }) },
  {
    name: "unknown keys",
    make: (version, chance) => ({ version, ...many(chance.one([1, 10, 100]), (index) => "k" + index) })
  },
  {
    name: "20 sensors",
    make: (version) => ({
      version,
      sensors: Object.fromEntries(Array.from({ length: 20 }, (_, index) => ["simulated" + index, { id: "s" + index }]))
    })
  },
  {
    name: "a long list",
    make: (version, chance) => ({
      version,
      list: Array.from({ length: chance.one([50, 400, 1_400]) }, (_, index) => index)
    })
  },
  {
    name: "a long text",
    make: (version, chance) => ({ version, device_name: "x".repeat(chance.one([300, 1_000, 3_000])) })
  },
  {
    name: "deep tables",
    make: (version, chance) =>
      `{"version":${version},"x":` + "{\"a\":".repeat(chance.whole(20, 90)) + "1" + "}".repeat(90)
  },
  {
    name: "a wrong type",
    make: (version, chance) =>
      chance.one<object>([{ version, update_interval: "often" }, { version, sensors: [] }, { version, mqtt: 1 }, {
        version,
        network: null
      }, { version: "7" }, { version: -1 }, { version: version + 0.5 }])
  },
  { name: "no version", make: () => ({ update_interval: 900 }) },
  { name: "no sensors", make: (version) => ({ version, sensors: {} }) },
  { name: "always on", make: (version) => ({ version, deep_sleep: false }) },
  { name: "another secret", make: (version) => ({ version, mqtt: { config_secret: "other" } }) },
  { name: "a lone surrogate", make: (version) => `{"version":${version},"device_name":"\\ud83d"}` },
  {
    name: "bytes that are no UTF-8",
    make: (version) =>
      Buffer.concat([Buffer.from(`{"version":${version},"device_name":"`), Buffer.from([0xff, 0xc3, 0x28]),
        Buffer.from("\"}")])
  },
  { name: "a byte order mark", make: (version) => "\ufeff" + JSON.stringify({ version, update_interval: 900 }) },
  {
    name: "something behind it",
    make: (version, chance) =>
      JSON.stringify({ version, update_interval: 900 }) + chance.one([" quit()", ",", "}", "\n\n", "\0"])
  },
  {
    name: "half of it",
    make: (version, chance) =>
      JSON.stringify({ version, update_interval: 900, device_name: "half of it" }).slice(0, chance.whole(1, 50))
  },
  {
    name: "many escapes",
    make: (version) => `{"version":${version},"device_name":"` + "\\u0041\\n\\/\\\\\\\"\\t".repeat(30) + "\"}"
  }
]

const signed = (chance: Chance, secret: string, bytes: Uint8Array): Uint8Array => {
  const how = secret === "" ? (chance.is(0.95) ? "not" : "needlessly")
    : chance.one(["rightly", "rightly", "rightly", "wrongly", "not"])
  if (how === "not") return bytes
  return Signature.sign(how === "wrongly" ? secret + "x" : secret === "" ? "any" : secret, new Uint8Array(bytes))
}

export const draw = (chance: Chance, scene: Scene, version: number): Update => {
  const kind = chance.one(kinds)
  const made = kind.make(version, chance, scene)
  const bytes = made instanceof Uint8Array ? made : Buffer.from(typeof made === "string" ? made : JSON.stringify(made))
  const announced = chance.is(0.9) ? String(version) : chance.one(["", "x", String(version + 1), "-1", "1e3"])
  return { name: kind.name, version, announced, text: signed(chance, scene.config.mqtt.configSecret, bytes) }
}
