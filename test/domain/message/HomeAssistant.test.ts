import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import * as HomeAssistant from "../../../src/domain/message/HomeAssistant.ts"
import * as MadeUp from "../../../src/domain/message/MadeUp.ts"
import * as Status from "../../../src/domain/message/Status.ts"
import * as Reading from "../../../src/domain/message/Reading.ts"
import { validDocument } from "../config/deviceDocument.ts"

const configOf = (file: object) => Result.getOrThrow(DeviceConfig.check(file)).config

const balcony = {
  device_id: "balcony",
  device_name: "Balcony",
  update_interval: 300,
  sensors: { dht22: { id: "b1", pin: 4, temperature: { name: "Temperatur", unit: "F" } } },
  mqtt: { enabled: true, broker: "h", client_id: "{device_id}", topic_data_prefix: "home/data" }
}

const options = { version: "1.2.3" }

describe("the discovery message", () => {
  it("names the device, where it comes from, and one entity for each value", () => {
    const { components, ...about } = HomeAssistant.discovery(configOf(balcony), options)
    expect(about).toEqual({
      device: { identifiers: ["balcony"], name: "Balcony", manufacturer: "Dormouse", model: "dht22" },
      origin: { name: "dormouse", sw_version: "1.2.3" }
    })
    const common = { platform: "sensor", state_topic: "home/data/b1/data", qos: 1, expire_after: 21_960 }
    expect(components).toEqual({
      b1_temperature: {
        ...common,
        unique_id: "balcony_b1_temperature",
        name: "Temperatur",
        device_class: "temperature",
        state_class: "measurement",
        unit_of_measurement: "°F",
        value_template: "{{ value_json.temperature }}"
      },
      b1_humidity: {
        ...common,
        unique_id: "balcony_b1_humidity",
        name: "Humidity",
        device_class: "humidity",
        state_class: "measurement",
        unit_of_measurement: "%",
        value_template: "{{ value_json.humidity }}"
      },
      b1_uptime: {
        ...common,
        unique_id: "balcony_b1_uptime",
        name: "Uptime",
        device_class: "duration",
        state_class: "total_increasing",
        unit_of_measurement: "s",
        entity_category: "diagnostic",
        value_template: "{{ value_json.uptime }}"
      }
    })
  })

  it("takes plain values from their own topics, and distinguishes sensors by their names", () => {
    const { components } = HomeAssistant.discovery(configOf({
      ...balcony,
      sensors: { dht22: { id: "b1", name: "Outside", pin: 4 }, bme280: { id: "b2", name: "Inside", pin: 21 } },
      mqtt: { ...balcony.mqtt, publish_values: true }
    }), options)
    expect(
      Object.values(components).map(({ name, state_topic, value_template }) => [name, state_topic, value_template])
    ).toEqual([
      ["Outside Temperature", "home/data/b1/temperature", undefined],
      ["Outside Humidity", "home/data/b1/humidity", undefined],
      ["Outside Uptime", "home/data/b1/data", "{{ value_json.uptime }}"],
      ["Inside Temperature", "home/data/b2/temperature", undefined],
      ["Inside Humidity", "home/data/b2/humidity", undefined],
      ["Inside Uptime", "home/data/b2/data", "{{ value_json.uptime }}"]
    ])
  })

  it("shows what a device says of itself, where it does, each value from a key of the status", () => {
    const said = JSON.parse(Status.toText({
      device: "d",
      uptime: 1,
      time: undefined,
      pending: 2,
      evicted: 3,
      tries: 4,
      awakeMillis: 5,
      radioMillis: 6,
      wokenBy: "timer",
      program: "1.2.3",
      configVersion: 7,
      lastError: "refused",
      nextConnection: 8
    })) as object
    const { components } = HomeAssistant.discovery(
      configOf({ ...balcony, mqtt: { ...balcony.mqtt, publish_status: true } }),
      options
    )
    const own = Object.entries(components).filter(([id]) => id.startsWith("status_"))
    expect(own.map(([id]) => id.slice(7))).toEqual(["pending", "evicted", "tries", "awake_ms", "radio_ms", "woken_by",
      "config_version", "last_error", "next_connection"])
    for (const [, { entity_category, state_topic, value_template }] of own) {
      expect([entity_category, state_topic]).toEqual(["diagnostic", "home/data/status"])
      expect(Object.keys(said)).toContain(/value_json\.(\w+)/.exec(value_template ?? "")?.[1])
    }
    expect(new Set(Object.values(components).map(({ unique_id }) => unique_id)).size).toBe(3 + own.length)
  })

  it("has buttons for the commands without a number, where the device takes commands", () => {
    const { components } = HomeAssistant.discovery(
      configOf({ ...balcony, mqtt: { ...balcony.mqtt, topic_command: "home/command" } }),
      options
    )
    const own = Object.values(components).filter(({ platform }) => platform === "button")
    expect(own.map(({ command_topic, payload_press }) => [command_topic, payload_press])).toEqual([
      ["home/command", "read"],
      ["home/command", "report"],
      ["home/command", "restart"]
    ])
    expect(own.map(({ name, qos, unique_id }) => [name, qos, unique_id])[2]).toEqual([
      "Restart",
      1,
      "balcony_command_restart"
    ])
    // Home Assistant refuses what it does not know of a button.
    for (const button of own) {
      const known = ["platform", "unique_id", "name", "device_class", "entity_category", "command_topic",
        "payload_press", "qos"]
      expect(Object.keys(button).filter((key) => !known.includes(key))).toEqual([])
    }
  })

  it("finds in the messages of a reading whatever it promises, for any device", () => {
    fc.assert(fc.property(validDocument, (document) => {
      const keys = { publish_status: false, topic_command: "" }
      const config = configOf({ ...document, mqtt: { ...document["mqtt"] as object, ...keys } })
      const { components } = HomeAssistant.discovery(config, options)
      const messages = config.sensors.flatMap((sensor) => {
        const measured = MadeUp.complete(sensor, { temperature: 21.4, humidity: 48 }, 0, 0.5)
        return Reading.toMessages({ sensor, uptime: 60, ...measured }, config.mqtt.publishValues)
      })
      for (const { device_class, state_topic, value_template } of Object.values(components)) {
        const text = messages.find(({ topic }) => config.mqtt.topicDataPrefix + "/" + topic === state_topic)?.payload ??
          "no such message"
        const key = value_template === undefined ? undefined
          : /^\{\{ value_json\.(\w+) \}\}$/.exec(value_template)?.[1] ?? "no such form"
        const value: unknown = key === undefined ? Number(text) : (JSON.parse(text) as Record<string, unknown>)[key]
        expect([device_class, typeof value === "number" && isFinite(value)]).toEqual([device_class, true])
      }
      const ids = Object.values(components).map(({ unique_id }) => unique_id)
      expect([ids.length, new Set(ids).size]).toEqual([
        config.sensors.reduce((sum, { quantities }) => sum + 1 + (quantities?.length ?? 2), 0),
        ids.length
      ])
    }), { numRuns: 200 })
  })
})

describe("its topic", () => {
  const topicOf = (clientId: string) =>
    HomeAssistant.topic(configOf({ mqtt: { client_id: clientId } }), "homeassistant")

  it("is the client's id where discovery allows that", () => {
    expect(topicOf("esp32_Balcony-2")).toBe("homeassistant/device/esp32_Balcony-2/config")
  })

  it("contains only what discovery allows, and is another for each client", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !text.includes("\0")), {
          minLength: 2,
          maxLength: 2
        }),
        ([one, other]) => {
          const [first, second] = [topicOf(one as string), topicOf(other as string)]
          expect(first).toMatch(/^homeassistant\/device\/[a-zA-Z0-9_-]+\/config$/)
          expect(first).not.toBe(second)
        }
      )
    )
  })
})

describe("a value is unavailable", () => {
  const expireAfter = (file: object) => {
    const config = configOf({ sensors: { simulated: {} }, awake_timeout: 60, ...file })
    return HomeAssistant.expireAfter(config, config.sensors[0] as DeviceConfig.SensorConfig)
  }

  it.each([
    ["after the policy's longest wait and the next wake", { update_interval: 300 }, 21_600 + 300 + 60],
    ["after three readings, when the policy does not wait", {
      update_interval: 300,
      mqtt: { reconnect: { enabled: false } }
    }, 900 + 60],
    ["after three readings, when they are rarer than the policy's tries", { update_interval: 86_400 }, 3 * 86_400 + 60],
    ["by the sensor's own interval, at the first wake after it", {
      update_interval: 300,
      sensors: { simulated: { interval: 1_000 } },
      mqtt: { reconnect: { enabled: false } }
    }, 3 * 1_200 + 60],
    ["by the longest silence of a value that does not change, at the first wake after it", {
      update_interval: 600,
      sensors: { simulated: { max_silence: 1_000, temperature: { change: 1 } } },
      mqtt: { reconnect: { enabled: false } }
    }, 3 * 1_200 + 60],
    ["by an hour of silence, where none is given", {
      update_interval: 600,
      sensors: { simulated: { humidity: { change: 1 } } },
      mqtt: { reconnect: { enabled: false } }
    }, 3 * 3_600 + 60],
    ["after three deliveries, when readings wait for them", {
      update_interval: 300,
      mqtt: { send_interval: 3_500, reconnect: { enabled: false } }
    }, 3 * (300 + 3_600) + 60],
    ["after the policy's longest wait, when readings wait less", {
      update_interval: 300,
      mqtt: { send_interval: 3_600 }
    }, 21_600 + 300 + 3_600 + 60],
    ["as if each wake sent, when it does", {
      update_interval: 300,
      mqtt: { send_interval: 300, reconnect: { enabled: false } }
    }, 900 + 60],
    ["as if each reading were sent at once, by a device that is always on", {
      update_interval: 300,
      deep_sleep: false,
      mqtt: { send_interval: 3_600, reconnect: { enabled: false } }
    }, 900 + 60],
    ["when it is to send while its battery is low", {
      update_interval: 300,
      battery: { pin: 35, low_send_interval: 43_200 },
      mqtt: { send_interval: 3_600, reconnect: { enabled: false } }
    }, 3 * (300 + 43_200) + 60],
    ["by the waits there really are, when they do not grow", {
      update_interval: 300,
      mqtt: { reconnect: { backoff_factor: 1 } }
    }, 3_600 + 300 + 60]
  ])("%s", (_, file, seconds) => {
    expect(expireAfter(file)).toBe(seconds)
  })

  it("when the user says so, or never", () => {
    const of = (expireAfter: number) =>
      Object.values(HomeAssistant.discovery(configOf(balcony), { ...options, expireAfter }).components).map((
        component
      ) => component.expire_after)
    expect([of(900), of(0)]).toEqual([[900, 900, 900], [0, 0, 0]])
  })
})
