import * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"
import { it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import * as fs from "node:fs"
import { describe, expect } from "vitest"
import * as Espruino from "../../../src/adapters/espruino/Sensor.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { pinsOf } from "../../../src/domain/config/boardPins.ts"
import { type BoardName, boardNames } from "../../../src/domain/energy/boards.ts"
import * as Json from "../../../src/domain/bytes/Json.ts"
import { handle } from "../../../src/programs/check/check.ts"
import { names as drivers } from "../../../src/domain/config/DriverLookup.ts"
import { judge } from "../../../src/programs/check/Finding.ts"
import * as Places from "../../../src/programs/check/Places.ts"
import { nearest } from "../../../src/programs/check/unknownKeys.ts"
import { spoiltDocument } from "../../domain/config/deviceDocument.ts"
import { dormouse, told } from "../../support/command.ts"
import * as directory from "../../support/directory.ts"

/** Each finding in one line. */
const lines = (text: string, path = "device.json") =>
  judge(text, path).pipe(
    Effect.map(({ findings }) =>
      findings.map(({ message, place, severity }) => `${place.line}:${place.column} ${severity} ${message}`)
    ),
    Effect.provide(NodeFileSystem.layer)
  )

const plain = { board: Option.none(), strict: false }

const fine = `{
  "device_id": "balcony",
  "$schema": "./device.schema.json",
  "network": { "ssid": "home" },
  "sensors": { "simulated": { "id": "balcony" } },
  "mqtt": { "enabled": true, "broker": "host", "client_id": "{device_id}", "topic_config": "home/config/balcony" }
}`

describe("dormouse check", () => {
  it.effect("warns of empty levels, of topics that are the Server's own, and of white space at the ends", () =>
    Effect.gen(function*() {
      const warned = (keys: object, network: object = {}) => {
        const file = JSON.parse(fine) as { readonly mqtt: object; readonly network: object }
        return Effect.map(
          lines(JSON.stringify({ ...file, network: { ...file.network, ...network }, mqtt: { ...file.mqtt, ...keys } })),
          (found) => found.map((line) => line.replace(/^\S+ /, ""))
        )
      }
      const empty = (
        topic: string,
        fixed: string
      ) => [
        `warning mqtt.topic_data_prefix is ${topic}, which has an empty level: who subscribes to ${fixed} gets none of its messages; write ${fixed}`
      ]
      expect(yield* warned({ topic_data_prefix: "home/data/" })).toEqual(empty("home/data/", "home/data"))
      expect(yield* warned({ topic_data_prefix: "/home//data" })).toEqual(empty("/home//data", "/home/data"))
      expect((yield* warned({ topic_config: "$share/a/config" })).join()).toContain(
        "topics that begin with $ are the Server's own"
      )
      expect((yield* warned({ topic_data_prefix: "$SYS/data" })).join()).toContain(
        "topics that begin with $ are the Server's own"
      )
      expect(yield* warned({ topic_data_prefix: "$aws/rules/data" })).toEqual([])
      expect(yield* warned({ topic_data_prefix: "/home/living room" })).toEqual([])
      const blank = (path: string) =>
        `warning ${path} begins or ends with white space, which counts; take it out unless it is meant`
      expect(yield* warned({ username: "u ", password: "secret\n" }, { ssid: " home" })).toEqual([blank("network.ssid"),
        blank("mqtt.username"), blank("mqtt.password")])
    }))

  it.effect("reports every mistake and every strange thing at once, with its place", () =>
    Effect.gen(function*() {
      const found = yield* lines(`{
  "device_id": "balcony",
  "broker": "host",
  "network": { "password": "a", "password": "hunter2${"!".repeat(60)}" },
  "sensors": { "dht22": { "id": "a/b" }, "dht2": { "pin": 3, "tempreature": {} } },
  "mqtt": {
    "enabled": true,
    "port": 70000, "keepAlive": 3,
    "reconnect": { "max_interval": 5, "jiter": 1 }
  }
}`)
      expect(found).toEqual([
        "3:3 warning broker is not a key of the configuration and is ignored; did you mean mqtt.broker?",
        "4:3 error network.ssid must be text of 1 to 32 bytes, but is missing",
        "4:33 warning network.password is given twice: the last one counts",
        "4:45 error network.password must be text of 0 to 64 bytes, but is longer",
        "5:16 error sensors.dht22.pin must be a whole number of at least 0, but is missing",
        "5:33 error sensors.dht22.id must be one topic level: text without / + #, but is \"a/b\"",
        "5:42 warning sensors.dht2 has no driver on a board; did you mean dht22?",
        "5:62 warning sensors.dht2.tempreature is not a key of the configuration and is ignored; did you mean temperature?",
        "6:3 error mqtt.broker must be a host name or address while mqtt.enabled is true, but is empty",
        "6:3 warning mqtt.client_id is missing and so esp_sensor: a second device with that name would disconnect this one; \"{device_id}\" takes the device's",
        "8:13 error mqtt.port must be a whole number from 1 to 65535, but is 70000",
        "8:20 warning mqtt.keepAlive is not a key of the configuration and is ignored; did you mean keepalive?",
        "9:36 error mqtt.reconnect.max_interval must be at least mqtt.reconnect.min_interval (3600), but is 5",
        "9:39 warning mqtt.reconnect.jiter is not a key of the configuration and is ignored; did you mean jitter?"
      ])
    }))

  it.effect("says nothing about a valid file, $schema included", () =>
    Effect.gen(function*() {
      expect(yield* lines(fine)).toEqual([])
      expect(yield* lines(Json.decode(new Uint8Array(Buffer.from("\ufeff" + fine))) ?? "")).toEqual([])
    }))

  it.effect("warns of what is valid and hardly meant", () =>
    Effect.gen(function*() {
      expect(yield* lines(`{"mqtt": {"broker": "host", "update_interval": 5}, "update_interval": 6}`)).toEqual([
        "1:1 warning network is missing: a board will join none",
        "1:1 warning sensors is missing or empty: there is nothing to measure",
        "1:1 warning awake_timeout (60) is above the interval (6): a wake that hangs delays the next ones; set it to 6 or less",
        "1:2 warning mqtt.enabled is missing and so false: the device measures and publishes nothing",
        "1:29 warning mqtt.update_interval (5) is ignored: update_interval (6) wins"
      ])
    }))

  const base = JSON.parse(fine) as { readonly mqtt: object; readonly [key: string]: unknown }
  const findingsOf = (changes: object, mqtt: object = {}, board?: BoardName) =>
    judge(JSON.stringify({ ...base, ...changes, mqtt: { ...base.mqtt, ...mqtt } }), "device.json", board).pipe(
      Effect.map(({ findings }) =>
        findings.map(({ failsOnBoard, message, severity }) =>
          (failsOnBoard === true ? "board " : "") + severity + " " + message
        )
      ),
      Effect.provide(NodeFileSystem.layer)
    )
  const dht22 = (pin: number) => ({ sensors: { dht22: { id: "s", pin } } })
  const esp32Pins = "4, 13, 14, 16, 17, 18, 19, 21, 22, 23, 25, 26, 27, 32, 33"
  const c3 = ["esp32-c3"] as const

  const load = { driver: "command", id: "s", quantities: { load: {} }, command: "echo 1" }
  const said = { publish_status: true, topic_data_prefix: "home" }
  const surprises: ReadonlyArray<
    readonly [changes: object, mqtt: object, said: ReadonlyArray<string>, board?: BoardName]
  > = [
    [dht22(4), {}, []],
    [dht22(4), {}, [], ...c3],
    [dht22(999), {}, [
      "board warning sensors.dht22.pin uses GPIO 999, but the ESP32 has no GPIO 999: use one of " + esp32Pins
    ]],
    [dht22(20), {}, [
      `warning sensors.dht22.pin uses GPIO 20, but the ESP32 has no GPIO 20: use one of ${esp32Pins} (for another chip use --board: ESP32-C3 or ESP32-S3)`
    ]],
    [dht22(6), {}, [
      `warning sensors.dht22.pin uses GPIO 6, but GPIO 6 of the ESP32 belongs to its flash: the board would crash: use one of ${esp32Pins} (for another chip use --board: ESP32-C3 or ESP32-S3)`
    ]],
    [dht22(6), {}, [], ...c3],
    [dht22(6), {}, [
      `error sensors.dht22.pin uses GPIO 6, but GPIO 6 of the ESP32 belongs to its flash: the board would crash: use one of ${esp32Pins}`
    ], "esp32-lolin32"],
    [dht22(12), {}, [
      `error sensors.dht22.pin uses GPIO 12, but GPIO 12 of the ESP32-C3 belongs to its flash: the board would crash: use one of 0, 1, 3, 4, 5, 6, 7, 10`
    ], ...c3],
    [dht22(34), {}, [
      `error sensors.dht22.pin uses GPIO 34, but GPIO 34 of the ESP32 can only read, but the board also writes to this sensor over the same wire: use one of ${esp32Pins}`
    ], "esp32-nodemcu"],
    [dht22(0), {}, [
      `warning sensors.dht22.pin uses GPIO 0, but GPIO 0 of the ESP32 decides at the start how the board boots: a sensor's pull-up may stop it from starting: use one of ${esp32Pins}`
    ]],
    [dht22(1), {}, [
      `warning sensors.dht22.pin uses GPIO 1, but GPIO 1 of the ESP32 is its console, through which it is flashed and watched: use one of ${esp32Pins}`
    ]],
    [dht22(23), {}, [expect.stringContaining("error sensors.dht22.pin uses GPIO 23, but the ESP32-S3 has no GPIO 23")],
      "esp32-s3"],
    [{ sensors: { dht22: { id: "a", pin: 22 }, bme280: { id: "b", pin: 21 } } }, {}, [
      "board warning sensors.bme280.pin uses GPIO 22 (its SCL), which sensors.dht22 uses, too: give each sensor a pin of its own"
    ]],
    [{}, { broker: "10.0.0.999" }, [
      "error mqtt.broker must be a host name or an IPv4 address: four numbers from 0 to 255, without leading zeros, but is 10.0.0.999"
    ]],
    [{}, { broker: "192.168.1" }, [expect.stringContaining("but is 192.168.1")]],
    [{}, { broker: "10.0.0.1.2" }, [expect.stringContaining("but is 10.0.0.1.2")]],
    [{}, { broker: "10.0.0.010" }, [expect.stringContaining("but is 10.0.0.010")]],
    [{}, { broker: "4you.example" }, []],
    [{}, { broker: "[::1]" }, ["error mqtt.broker must be an address without brackets, as ::1, but is [::1]"]],
    ...["localhost", "127.0.0.1", "::1", "127.1.2.3"].map((broker) =>
      [{}, { broker }, [
        `board warning mqtt.broker is ${broker}, which is the board itself on a board: give the Server's address in your network`
      ]] as const
    ),
    [{}, { broker: ["a.example", "10.0.0.1:1884"] }, []],
    [{}, { broker: ["a.example", "[fd00::1]:1884"] }, [
      "error mqtt.broker must be a host name or an IPv4 address on a board, but is an IPv6 address"
    ], "esp32-c3"],
    [{}, { broker: ["a.example", "10.0.0.999:1884"] }, [
      "error mqtt.broker must be a host name or an IPv4 address: four numbers from 0 to 255, without leading zeros, but is 10.0.0.999"
    ]],
    [{}, { broker: ["a.example", "localhost"] }, [
      "board warning mqtt.broker has localhost, which is the board itself on a board: give the Server's address in your network"
    ]],
    [{}, { broker: ["a.example", "b.example"], reconnect: { max_attempts: 1 } }, [
      "warning mqtt.reconnect.max_attempts (1) is less than the 2 Servers in mqtt.broker, and each try goes to one of them: the next ones are tried after a wait of 3600 s; set it to 2 or more"
    ]],
    [{}, { broker: ["a.example", "b.example"], reconnect: { enabled: false } }, [
      "warning mqtt.reconnect.enabled is false, so each wake tries one of the 2 Servers in mqtt.broker, and the next wake the next one; leave it out to try all of them in one wake"
    ]],
    [{}, { broker: ["a.example"], reconnect: { max_attempts: 1 } }, []],
    [{ time: { server: "pool.ntp.org" } }, {}, []],
    [{ time: { server: "10.0.0.999" } }, {}, [
      "error time.server must be a host name or an IPv4 address: four numbers from 0 to 255, without leading zeros, but is 10.0.0.999"
    ]],
    [{ time: { server: "127.0.0.1" } }, {}, [
      "board warning time.server is 127.0.0.1, which is the board itself on a board: give the address of a server in your network"
    ]],
    [{ time: { server: "fd00::1" } }, {}, [
      "error time.server must be a host name or an IPv4 address on a board, but is an IPv6 address"
    ], "esp32-c3"],
    [{ time: { sync_interval: 600 } }, {}, [
      "warning time.sync_interval does nothing without a server to ask: give one as time.server, such as pool.ntp.org"
    ]],
    [{ time: { server: "" } }, {}, []],
    [{ time: { server: "pool.ntp.org" }, deep_sleep: false }, {}, [
      "warning time.server is asked when a connection begins, and deep_sleep false keeps one open: the clock may drift by seconds a day as long as that lasts"
    ]],
    [{ network: { ssid: "s", password: "1234567" } }, {}, [
      "warning network.password is shorter than 8 characters, which no WPA2 network has: give the whole password, or none for an open network"
    ]],
    [{ network_fallback: { ssid: "s", password: "x" } }, {}, [
      expect.stringContaining("warning network_fallback.password is shorter")
    ]],
    [{ network: { ssid: "s", password: "12345678" } }, {}, []],
    [{}, { ssl: true, port: 1883 }, [
      "warning mqtt.port is 1883, where Servers speak without TLS, but mqtt.ssl is true: use 8883, or set mqtt.ssl to false"
    ]],
    [{}, { port: 8883 }, [
      "warning mqtt.port is 8883, where Servers speak TLS, but mqtt.ssl is false: set mqtt.ssl to true, or use 1883"
    ]],
    [{}, { ssl: true }, []],
    [{ sensors: { simulated: { id: "s", max_silence: 7_200, humidity: { hysteresis: 1 } } } }, {}, [
      "warning sensors.simulated.max_silence has no effect without temperature.change or humidity.change: every reading is published",
      "warning sensors.simulated.humidity.hysteresis has no effect without humidity.above or humidity.below"
    ]],
    [{ update_interval: 1_800, sensors: { simulated: { id: "s", interval: 3_000, temperature: { change: 1 } } } }, {}, [
      "warning sensors.simulated.max_silence is missing and so 3600, and a reading is taken every 3600 s: every reading is published, whatever has changed"
    ]],
    [{ sensors: { simulated: { id: "s", max_silence: 60, temperature: { change: 1, above: 4, hysteresis: 1 } } } }, {},
      [
        "warning sensors.simulated.max_silence is 60, and a reading is taken every 60 s: every reading is published, whatever has changed"
      ]],
    [{ sensors: { simulated: { id: "s", max_silence: 61, temperature: { change: 1 } } } }, {}, []],
    [{ update_interval: 30 }, {}, [
      "warning awake_timeout (60) is above the interval (30): a wake that hangs delays the next ones; set it to 30 or less"
    ]],
    [{ update_interval: 30, deep_sleep: false }, {}, []],
    [{ awake_timeout: 5 }, {}, [
      "warning awake_timeout (5) is less than network.timeout (20), mqtt.timeout (10) and mqtt.config_wait_time (1) take together (31): it may end a wake that would still get its readings through; set it to at least 31, or lower the others"
    ]],
    [{ awake_timeout: 30 }, {}, [expect.stringContaining("set it to at least 31")]],
    [{ awake_timeout: 30 }, { load_config_from_mqtt: false }, []],
    [{ awake_timeout: 30 }, { enabled: false }, []],
    [{ network_fallback: { ssid: "t", timeout: 30 } }, {}, [
      expect.stringContaining(
        "network.timeout (20), network_fallback.timeout (30), mqtt.timeout (10) and mqtt.config_wait_time (1) take together (61)"
      )
    ]],
    [{}, { config_wait_time: 60 }, [expect.stringContaining("set it to at least 90")]],
    [{ awake_timeout: 5, deep_sleep: false }, {}, [
      "warning awake_timeout (5) is less than mqtt.timeout (10): a Server that needs the time it is given is cut off; set it to at least 10, or lower mqtt.timeout"
    ]],
    [{}, { reconnect: { try_interval: 20 } }, [
      "warning mqtt.reconnect.try_interval is 20, and 3 tries with network.timeout (20) and mqtt.timeout (10) may take 70 s, longer than awake_timeout (60), which then ends the wake before the last of them; set it to at most 15, or awake_timeout to at least 70"
    ]],
    [{ awake_timeout: 70, update_interval: 300 }, { reconnect: { try_interval: 20 } }, []],
    [{}, { reconnect: { try_interval: 15 } }, []],
    [{}, { reconnect: { try_interval: 20, enabled: false } }, []],
    [{}, { reconnect: { try_interval: 20, max_attempts: 1 } }, []],
    [{ update_interval: 300 }, { send_interval: 3_600 }, []],
    [{ battery: { pin: 35 } }, { publish_status: true, topic_data_prefix: "home" }, []],
    [{ battery: { pin: 35 } }, {}, [
      "warning battery is measured, but no message says what it has: set mqtt.publish_status to true"
    ]],
    [{ battery: { pin: 35, low_send_interval: 21_600 }, update_interval: 300 }, {
      publish_status: true,
      topic_data_prefix: "home"
    }, []],
    [{ battery: { pin: 35, low_send_interval: 21_600 }, deep_sleep: false }, {
      publish_status: true,
      topic_data_prefix: "home"
    }, [
      "warning battery.low_send_interval is given, but deep_sleep is false: a device that is always on sends each reading at once; leave it out"
    ]],
    [{ battery: { pin: 35, low: 0, low_send_interval: 21_600 } }, { publish_status: true, topic_data_prefix: "home" }, [
      "warning battery.low_send_interval is given, but battery.low is 0: the battery is never low; set battery.low to 20 or so"
    ]],
    [{ battery: { pin: 35, low_send_interval: 3_600 } }, {
      publish_status: true,
      topic_data_prefix: "home",
      send_interval: 3_600
    }, [
      "warning battery.low_send_interval (3600) is not above the time between two connections (3600): a low battery changes nothing; set it to 7200 or more, or leave it out"
    ]],
    [{ battery: { pin: 35, low_send_interval: 21_600 }, update_interval: 300 }, {
      publish_status: true,
      topic_data_prefix: "home",
      outbox: { capacity: 20 }
    }, [
      "warning battery.low_send_interval (21600) brings more messages than mqtt.outbox.capacity (20) has room for: the device sends when they are pending; make the capacity larger, or the interval shorter"
    ]],
    [{ battery: { pin: 35 } }, said, [], "esp32-firebeetle"],
    [{ wake_pin: 33, update_interval: 300 }, {}, [
      "warning wake_pin: GPIO 33, when it changes, wakes the board, and nothing else while nothing is pending, because Espruino's firmware arms no timer beside a pin: it does not wake every 300 s, measures nothing between, finds no update, and nobody can tell it from a dead one"
    ], "esp32-firebeetle"],
    [{ wake_pin: 33, wake_on: "low", update_interval: 300, sensors: { button: { id: "s", pin: 33 } } }, {}, [
      expect.stringMatching(
        /^warning wake_pin: sensors.button at GPIO 33, when it is low, wakes the board, and nothing else/
      )
    ]],
    [{ wake_pin: 16 }, {}, [
      "error wake_pin is GPIO 16, which does not end the deep sleep of the ESP32 with Espruino's firmware, so the board would sleep by its timer: use one of 0, 2, 4, 12, 13, 14, 15, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39",
      expect.stringContaining("arms no timer beside a pin")
    ], "esp32-firebeetle"],
    [{ wake_pin: 3 }, {}, [
      "error wake_pin is GPIO 3, which does not end the deep sleep of the ESP32-C3 with Espruino's firmware, so the board would sleep by its timer: leave it out",
      expect.stringContaining("arms no timer beside a pin")
    ], ...c3],
    [{ wake_pin: 33, deep_sleep: false }, {}, [
      "warning wake_pin is given, but deep_sleep is false: there is no sleep to end; leave it out"
    ]],
    [{ wake_on: "low" }, {}, ["warning wake_on has no effect without wake_pin"]],
    [{ sensors: { contact: { id: "door", pin: 33 } }, update_interval: 300 }, {}, [
      "warning sensors.contact is read at each wake only, every 300 s: what happens between is missed; \"wake_pin\": 33 wakes the board by it"
    ]],
    [{ battery: { pin: 4 } }, said, [], "esp32-firebeetle"],
    [{ battery: { pin: 4 }, deep_sleep: false }, said, [
      "error battery.pin uses GPIO 4, but GPIO 4 of the ESP32 measures no voltage while the radio is on: use one of 32, 33, 34, 35, 36, 37, 38, 39"
    ], "esp32-firebeetle"],
    [{ battery: { pin: 16 } }, said, [
      "error battery.pin uses GPIO 16, but GPIO 16 of the ESP32 measures no voltage: use one of 4, 13, 14, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39"
    ], "esp32-firebeetle"],
    [{ battery: { pin: 34 } }, said, [
      "error battery.pin uses GPIO 34, but the ESP32-C3 has no GPIO 34: use one of 0, 1, 3, 4, 5"
    ], ...c3],
    [{ battery: { pin: 16 } }, said, [
      "warning battery.pin uses GPIO 16, but GPIO 16 of the ESP32 measures no voltage: use one of 4, 13, 14, 25, 26, 27, 32, 33, 34, 35, 36, 37, 38, 39 (for another chip use --board: ESP32-S3)"
    ]],
    [{ battery: { command: "volts" } }, said, [
      "error battery.pin must be given on a board, but is missing: battery.command is for other machines"
    ], "esp32-firebeetle"],
    [{ ...dht22(35), battery: { pin: 35 } }, said, [
      expect.stringContaining("sensors.dht22.pin uses GPIO 35"),
      "board warning battery.pin uses GPIO 35, which sensors.dht22 uses, too: give each a pin of its own"
    ]],
    [{ sensors: { soil: { id: "b", driver: "analog", pin: 4, quantities: { soil: {} } } } }, {}, [
      "error sensors.soil.pin uses GPIO 4, but GPIO 4 of the ESP32 measures no voltage while the radio is on: use one of 32, 33, 34, 35, 36, 37, 38, 39"
    ], "esp32-firebeetle"],
    [{}, { send_interval: 3_600, send_when_pending: 6 }, []],
    [{ update_interval: 60 }, { enabled: false, send_interval: 30, send_when_pending: 6 }, []],
    [{}, { send_when_pending: 6 }, [
      "warning mqtt.send_when_pending is given, but mqtt.send_interval is not: every wake sends all the same; give mqtt.send_interval too"
    ]],
    [{ deep_sleep: false }, { send_interval: 3_600 }, [
      "warning mqtt.send_interval is given, but deep_sleep is false: a device that is always on sends each reading at once; leave it out, or set deep_sleep to true"
    ]],
    [{ update_interval: 300 }, { send_interval: 300 }, [
      "warning mqtt.send_interval (300) is not above the interval (300): every wake sends all the same; set it to 600 or more, or leave it out"
    ]],
    [{ update_interval: 300 }, { send_interval: 6_000 }, []],
    [{}, { outbox: { capacity: 14, when_full: "thin_older" }, publish_values: true }, [
      "warning mqtt.outbox.capacity is 14, too few for mqtt.outbox.when_full \"thin_older\": the older half may have only one message of a topic, and then that one is dropped; make it at least 15"
    ]],
    [{}, { outbox: { capacity: 15, when_full: "thin_older" }, publish_values: true }, []],
    [{ update_interval: 300 }, { send_interval: 6_001, outbox: { capacity: 20 } }, [
      "warning mqtt.send_interval (6001) is as long as 21 messages take, and mqtt.outbox.capacity has room for 20: the device sends when they are pending, about every 6000 s; set mqtt.send_interval to at most 6000, or the capacity to 21"
    ]],
    [{ update_interval: 300 }, { send_interval: 3_600, publish_values: true, outbox: { capacity: 20 } }, [
      expect.stringContaining("as long as 36 messages take, and mqtt.outbox.capacity has room for 20")
    ]],
    [{ update_interval: 300 }, { send_interval: 600, outbox: { capacity: 1 } }, [
      expect.stringContaining("about every 300 s; set mqtt.send_interval to 0, or the capacity to 2")
    ]],
    [{ update_interval: 300, sensors: { simulated: { id: "s", interval: 600 } } }, { send_interval: 12_000 }, []],
    [{ update_interval: 300 }, { send_interval: 86_400, send_when_pending: 20, outbox: { capacity: 20 } }, []],
    [{ update_interval: 300 }, { send_interval: 86_400, send_when_pending: 21, outbox: { capacity: 20 } }, [
      "warning mqtt.send_when_pending (21) is not reached: mqtt.outbox.capacity (20) leaves no room for another wake's messages from 20 on, and the device sends then; set it to 0, or the capacity higher"
    ]],
    [{}, { client_id: "{deviceid}" }, [
      "warning mqtt.client_id holds {deviceid}, which is not filled in: did you mean {device_id}?"
    ]],
    [{ device_id: "air-{mac}" }, { client_id: "{device_id}", topic_data_prefix: "home/{mac}" }, []],
    [{}, { topic_data_prefix: "home/{room}" }, [
      "warning mqtt.topic_data_prefix holds {room}, which is not filled in: only {device_id} and {mac} are filled in"
    ]],
    [{}, { topic_data_prefix: "home", topic_config: "home/balcony/data" }, [
      "warning mqtt.topic_config is home/balcony/data, where this device writes the readings of balcony: it would read its own messages; give another topic"
    ]],
    [{}, { topic_data_prefix: "home", topic_config: "home/config_status" }, [
      expect.stringContaining("where this device writes its answers to updates")
    ]],
    [{}, { topic_data_prefix: "home", topic_config: "home/balcony/humidity" }, []],
    [{}, { topic_data_prefix: "home", topic_config: "home/balcony/humidity", publish_values: true }, [
      expect.stringContaining("the humidity of balcony")
    ]],
    [{ deep_sleep: false }, { topic_command: "home/config/balcony" }, [
      "warning mqtt.topic_command is home/config/balcony like mqtt.topic_config: a message there would be taken as both; give each a topic of its own"
    ]],
    [{}, { topic_command: "c" }, []],
    [{}, { topic_command: "home/config/balcony" }, [
      expect.stringContaining("like mqtt.topic_config: a message there would be taken as both")
    ]],
    [{}, { topic_data_prefix: "home", topic_command: "home/command_result" }, [
      expect.stringContaining("where this device writes its answers to commands")
    ]],
    [{ device_id: undefined }, {}, [
      "warning device_id is missing and so esp_sensor: a second device with that name cannot be distinguished from this one; give each device a name of its own"
    ]],
    [{}, { topic_config: undefined }, [
      "warning mqtt.topic_config is missing and so /homecontrol/device/config: every device with this default takes the same updates; for updates of its own: \"/homecontrol/device/config/{device_id}\""
    ]],
    [{}, { topic_config: undefined, load_config_from_mqtt: false }, []],
    [{ sensors: { simulated: {} } }, {}, [
      "warning sensors.simulated.id is missing and so simulated: the readings of a second device without it would go to the same topic; give each sensor an id of its own"
    ]],
    [{ sensors: { simulated: {} } }, { topic_data_prefix: "home/{device_id}" }, []],
    [{ sensors: { simulated: {} } }, { topic_data_prefix: "home/{mac}" }, []],
    [{ sensors: { pulse: { id: "rain", pin: 27 } } }, {}, [
      "board warning sensors.pulse counts only while the board is awake, and loses its count in deep sleep: set deep_sleep to false on mains power; on a battery use a counter chip on I2C, by the driver module, or wake the board at each pulse, by wake_pin and the driver contact"
    ]],
    [{ deep_sleep: false, sensors: { pulse: { id: "rain", pin: 27 } } }, {}, []],
    [{ sensors: { contact: { id: "door", pin: 34 } }, deep_sleep: false }, {}, [
      `error sensors.contact.pin uses GPIO 34, but GPIO 34 of the ESP32 has no pull-up, which this sensor needs: use one of ${esp32Pins}`
    ], "esp32-firebeetle"],
    [{ network: undefined }, {}, [
      "board warning network is missing: a board will join none (a run on this machine needs none)"
    ]],
    [{ sensors: { thermopile: { id: "s", pin: 4 } } }, {}, [
      "board warning sensors.thermopile has no driver on a board: docs/sensors.md lists those that there are"
    ]],
    [{ sensors: { out: { driver: "thermopile", id: "s", pin: 4 } } }, {}, [
      "board warning sensors.out is a thermopile, which has no driver on a board: docs/sensors.md lists those that there are"
    ]],
    // Nothing of it could be on a board, so what a board cannot do is no concern.
    [{ sensors: { load }, network: undefined }, { broker: "localhost" }, []],
    [{ sensors: { load, simulated: { id: "t" } } }, {}, [
      "board warning sensors.load is a command, which has no driver on a board: docs/sensors.md lists those that there are"
    ]],
    [{ sensors: { load } }, {}, [
      "board error sensors.load is a command, which has no driver on a board: docs/sensors.md lists those that there are"
    ], "esp32-firebeetle"],
    // Two on one wire, and two on one bus, share their pins.
    [{
      sensors: {
        roof: { driver: "ds18b20", pin: 4, id: "r" },
        cellar: { driver: "ds18b20", pin: 4, device: "1", id: "c" }
      }
    }, {}, []],
    [{ sensors: { ds18b20: { pin: 4, device: "28ff641e8216c3a1", id: "r" } } }, {}, []],
    [{ sensors: { ds18b20: { pin: 4, device: "28-0316a2794cff", id: "r" } } }, {}, [
      "board warning sensors.ds18b20.device is \"28-0316a2794cff\", which no sensor has: a number from 0, such as \"0\", or a code of 16 hexadecimal digits in lower case"
    ]],
    [{
      sensors: {
        roof: { driver: "ds18b20", pin: 4, id: "r" },
        cellar: { driver: "ds18b20", pin: 4, device: "0", id: "c" },
        well: { driver: "ds18b20", pin: 13, id: "w" }
      }
    }, {}, [
      "warning sensors.cellar and sensors.roof are both device \"0\" at pin 4, so both read the same sensor: give each a device of its own"
    ]],
    [{ sensors: { sht4x: { pin: 21, id: "r" }, bh1750: { pin: 21, id: "c" } } }, {}, []],
    [{ sensors: { analog: { pin: 34, id: "r" } } }, {}, []],
    [{ sensors: { bmp280: { pin: 21, id: "r", quantities: { co2: {} } } } }, { outbox: { capacity: 100 } }, [
      "warning sensors.bmp280.quantities.co2 is not measured by a BMP280: it gives temperature, pressure"
    ]],
    [{ sensors: { dht22: { pin: 4, id: "r", script: "done(1)", scl: 3 } } }, {}, [
      "warning sensors.dht22.script has no effect with the driver dht22",
      "warning sensors.dht22.scl has no effect with the driver dht22"
    ]],
    [{ sensors: { out: { driver: "script", id: "s", quantities: { rain: {} } } } }, {}, [
      "error sensors.out.script is missing, without which it cannot be read: docs/sensors.md shows how it is written"
    ]],
    [{ sensors: { out: { driver: "script", id: "s", script: "done(", quantities: { rain: {} } } } }, {}, [
      "error sensors.out.script is no valid JavaScript: it ends where a bracket, a brace or a value should follow"
    ]],
    [{ sensors: { out: { driver: "script", id: "s", script: "done(1)\nlet let = 2", quantities: { rain: {} } } } }, {},
      [
        expect.stringMatching(/^error sensors\.out\.script is no valid JavaScript: .*, in line 2$/)
      ]],
    [{ sensors: { out: { driver: "script", id: "s", script: "nowhere.js", quantities: { rain: {} } } } }, {}, [
      expect.stringMatching(/^error .*nowhere\.js does not exist; sensors\.out\.script in .* must be JavaScript or/)
    ]],
    [{ sensors: { out: { driver: "module", module: "X", read: "sensor.read()", id: "s" } } }, {}, [
      "error sensors.out.quantities is missing or empty: name what it gives, there or as temperature or humidity"
    ]]
  ]
  it.effect.each(surprises)("says what a newcomer would find out later: %j with mqtt %j",
    ([changes, mqtt, said, board]) =>
      Effect.map(findingsOf(changes, mqtt, board), (found) => expect(found).toEqual(said)))

  it.effect("knows the pins of every board, and has some to offer on each", () =>
    Effect.gen(function*() {
      for (const board of boardNames) {
        const { all } = pinsOf[board]
        const fit = (yield* Effect.forEach(all, (pin) => findingsOf(dht22(pin), {}, board))).filter((found) =>
          found.length === 0
        )
        expect(fit.length, board).toBeGreaterThan(5)
        expect(yield* findingsOf(dht22(Math.max(...all) + 1), {}, board)).toEqual([
          expect.stringMatching(/^error .* has no GPIO/)
        ])
      }
    }))

  const syntax: ReadonlyArray<readonly [text: string, said: string]> = [
    ["{\n  \"a\": 1,\n}",
      "3:1 error a key in double quotes must be here, but there is \"}\": the comma before it must be removed"],
    ["{\n  \"a\": 1\n  \"b\": 2\n}",
      "3:3 error a comma or } must be here, but there is \"\\\"\": a comma is missing before it"],
    ["{ // name\n}", "1:3 error a key in double quotes or } must be here, but there is \"/\": JSON has no comments"],
    ["{'a': 1}", "1:2 error a key in double quotes or } must be here, but there is \"'\": texts need double quotes"],
    ["{\"a\": \"x\n\"}", "1:7 error this text has no closing quote on its line, or a \\ that begins no escape"],
    ["", "1:1 error a value must be here, but the file ends"],
    ["[]", "1:1 error a configuration must be a JSON object, { ... }, but this is another value"]
  ]
  it.effect.each(syntax)("says where %j is no JSON, and why",
    ([text, said]) => Effect.map(lines(text), (found) => expect(found).toEqual([said])))

  it.effect("names the certificate that is not there, beside the other faults", () =>
    Effect.gen(function*() {
      const found = yield* lines(
        `{"network": {"ssid": "s"}, "sensors": {"simulated": {}}, "mqtt": {"enabled": true, "client_id": "c",\n"ssl_ca": "none.pem", "port": 0, "broker": "h"}}`,
        "/nowhere/device.json"
      )
      expect(found).toEqual([
        "2:11 error /nowhere/none.pem does not exist; mqtt.ssl_ca in /nowhere/device.json must be a PEM text or the name of a PEM file",
        "2:31 error mqtt.port must be a whole number from 1 to 65535, but is 0"
      ])
    }))

  it.effect("finds each fault of the check, at the value it is about or at what should hold it", () =>
    Effect.promise(() =>
      fc.assert(fc.asyncProperty(spoiltDocument, async (document) => {
        const text = JSON.stringify(document, null, 1)
        const { config, findings } = await Effect.runPromise(
          Effect.provide(judge(text, "device.json"), NodeFileSystem.layer)
        )
        const checked = DeviceConfig.check(document)
        const faults = Result.isFailure(checked) ? checked.failure.issues : []
        // A random certificate is not a file, a random host may not be valid, and a random script gives nothing: that
        // is found here and not by the check.
        const isOther = new RegExp(
          "must be a PEM text|^mqtt\\.broker must be (an address without brackets|a host name or an|one host name or)|" +
            "is missing, without which it cannot be read|is no valid JavaScript|must be JavaScript or the name|is missing or empty: name what it gives"
        )
        const said = findings.filter(({ message, severity }) => severity === "error" && !isOther.test(message))
        expect(said.map(({ message }) => message).sort()).toEqual(
          faults.map(({ field, fix, problem }) => `${field} must be ${fix}, but ${problem}`).sort()
        )
        if (faults.length > 0) expect(config).toBe(undefined)
        for (const { message, place } of said) {
          const line = text.split("\n")[place.line - 1] ?? ""
          expect(place.column, message).toBeLessThanOrEqual(line.length)
        }
      }), { numRuns: 300 })
    ))

  it.effect("shows no password, whatever is wrong with it", () =>
    Effect.gen(function*() {
      const all = yield* Effect.forEach([
        `{"network": {"ssid": "s", "password": ["hunter2"]}, "mqtt": {"password": "hunter2", "config_secret": {"a": "hunter2"}, "ssl_key": 2, "broker": "u:hunter2@h"}}`,
        `{"network": {"ssid": "s", "password": "hunter2${"x".repeat(60)}"}}`,
        `{"mqtt": {"password": "hunter2" "username": "u"}}`
      ], (text) => lines(text))
      expect(all.flat().length).toBeGreaterThan(7)
      expect(all.flat().join("\n")).not.toContain("hunter2")
    }))

  it.live("reads a file, or standard input; findings go to standard output, and errors make the exit code 1",
    () =>
      Effect.scoped(Effect.gen(function*() {
        const file = (yield* directory.temporary) + "/device.json"
        fs.writeFileSync(file, fine)
        expect(yield* told(handle({ ...plain, file }))).toEqual({
          out: [
            `${file} is valid. balcony: wakes every 1 min; simulated "balcony"; mqtt://host:1883; keeps 3,000 messages while the Server is away, 2 days of readings`
          ],
          err: [],
          failed: false
        })
        fs.writeFileSync(file, `{"version": -1}`)
        const wrong = yield* told(handle({ ...plain, file }))
        expect(wrong.out).toContain(
          `${file}:1:13: error: version must be a whole number from 0 to 9007199254740991, but is -1`
        )
        expect([wrong.err, wrong.failed]).toEqual([[`${file}: 1 error, 3 warnings`], true])
        expect(yield* told(handle({ ...plain, file: file + "x" }))).toEqual({
          out: [],
          err: [
            `${file}x does not exist; give the path of a device's configuration, a JSON file, or - for standard input`
          ],
          failed: true
        })
        fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fine), nmae: 1 }))
        const strict = yield* told(handle({ ...plain, file, strict: true }))
        expect([(yield* told(handle({ ...plain, file }))).failed, strict.failed, strict.err]).toEqual([false, true, [
          `${file}: 1 error, 0 warnings`
        ]])
        // A board could not work with it: an error where the file is checked for one.
        fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fine), network: undefined }))
        const onBoard = yield* told(handle({ ...plain, file, board: Option.some("esp32-c3" as const) }))
        expect([(yield* told(handle({ ...plain, file }))).failed, onBoard.failed, onBoard.out, onBoard.err]).toEqual([
          false,
          true,
          [`${file}:1:1: error: network is missing: a board will join none (a run on this machine needs none)`],
          [`${file}: 1 error, 0 warnings`]
        ])
        expect(strict.out[0]).toMatch(/: error: nmae is not a key/)
        const piped = yield* dormouse(["check", "-"], { input: `{"version": -1}` })
        expect([piped.code, piped.err]).toEqual([1, "standard input: 1 error, 3 warnings\n"])
        expect(piped.out).toContain("standard input:1:13: error: version must be")
        expect(piped.out).not.toContain("\u001b")
      })), 30_000)
})

describe("what it is made of", () => {
  it.effect("drivers are those that a board has", () =>
    Effect.gen(function*() {
      const sensor: DeviceConfig.SensorConfig = {
        type: "other",
        id: "s",
        name: "s",
        pin: 1,
        interval: 0,
        temperature: { name: "", unit: "C" },
        humidity: { name: "", unit: "%" }
      }
      const { message } = yield* Effect.flip(Espruino.sensor.read(sensor))
      expect(message).toBe("no driver for other; use dht22, bme280 or simulated")
      expect(drivers).toEqual(expect.arrayContaining(["dht22", "bme280", "simulated"]))
    }))

  it("places are found after values that are nested deeper than a stack goes", () => {
    const deep = 200_000
    const places = Places.find(`{"a": ${"[".repeat(deep)}${"]".repeat(deep)},\n "mqtt": {"port": 1}}`)
    expect(places.of("mqtt.port")).toEqual({ line: 2, column: 19 })
    expect(Places.find(`${"{\"a\":".repeat(deep)}1${"}".repeat(deep)}`).of("a.a")).toEqual({ line: 1, column: 11 })
  })

  it.effect("places are found under keys of any kind", () =>
    Effect.sync(() => {
      const places = Places.find(`{"a.b": {"c": 1},\n "a": [{"c": 2}], "\\u0061": 3}`)
      expect(places.of("a.b.c")).toEqual({ line: 1, column: 15 })
      expect(places.of("a.b.d")).toEqual({ line: 1, column: 2 })
      expect(places.of("x.y")).toEqual({ line: 1, column: 1 })
      expect(places.repeated).toEqual([{ path: "a", place: { line: 2, column: 19 } }])
    }))

  it.effect("places are found for JSON of any depth", () =>
    Effect.gen(function*() {
      expect(yield* lines(`{"a":${"[".repeat(50_000)}${"]".repeat(50_000)}, "version": -1}`)).toContain(
        "1:100019 error version must be a whole number from 0 to 9007199254740991, but is -1"
      )
    }))

  it.effect("a key is near when it is a slip away, and no further", () =>
    Effect.sync(() => {
      const keys = ["broker", "port", "keepalive", "client_id"]
      expect(["brokr", "Port", "keep_alive", "clientID", "prt"].map((word) => nearest(word, keys))).toEqual(["broker",
        "port", "keepalive", "client_id", "port"])
      expect(["host", "retain", "x"].map((word) => nearest(word, keys))).toEqual([undefined, undefined, undefined])
    }))
})
