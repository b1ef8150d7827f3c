import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"

const accept = (input: unknown) => Result.getOrThrow(DeviceConfig.check(input))
const acceptMqtt = (input: unknown) => Result.getOrThrow(DeviceConfig.checkMqtt(input)).config
const refuse = (input: unknown): DeviceConfig.InvalidConfig => {
  const checked = DeviceConfig.check(input)
  if (Result.isSuccess(checked)) throw new Error("accepted: " + JSON.stringify(input))
  return checked.failure
}
const refuseMqtt = (mqtt: unknown): string => {
  const { message } = refuse({ mqtt })
  // The dictionary alone must give the same verdict in the same words.
  expect(Result.isFailure(DeviceConfig.checkMqtt(mqtt))).toBe(true)
  return message
}
const refuseSensor = (sensor: object): string => refuse({ sensors: { dht22: { pin: 4, ...sensor } } }).message

const defaults: DeviceConfig.DeviceConfig = {
  deviceId: "esp_sensor",
  deviceName: "esp_sensor",
  version: 0,
  publishInterval: 60,
  deepSleep: true,
  awakeTimeout: 60,
  spreadWakes: false,
  time: { server: "", port: 123, syncInterval: 86400 },
  networks: [],
  sensors: [],
  mqtt: {
    enabled: false,
    clientId: "esp_sensor",
    broker: "",
    port: 1883,
    username: "",
    password: "",
    keepAlive: 60,
    timeout: 10,
    ssl: false,
    sslCa: "",
    sslCert: "",
    sslKey: "",
    useEsp32Client: true,
    topicDataPrefix: "/homecontrol/device/data",
    topicConfig: "/homecontrol/device/config",
    topicConfigVersion: "",
    topicConfigData: "",
    topicCommand: "",
    loadConfigFromMqtt: true,
    configSecret: "",
    configWaitTime: 1,
    publishInterval: 60,
    publishValues: false,
    publishStatus: false,
    sendInterval: 0,
    sendWhenPending: 0,
    reconnect: {
      enabled: true,
      maxAttempts: 3,
      tryInterval: 0,
      backoffFactor: 2,
      minInterval: 3600,
      maxInterval: 21600,
      jitter: 0
    },
    reconnectStart: { attemptCount: 0, lastAttemptTime: 0 },
    outbox: { capacity: 3000, bytes: 327_680, whenFull: "drop_oldest" },
    templates: {}
  }
}

describe("a valid file", () => {
  it("gets every default when it is empty", () => {
    expect(accept({})).toEqual({ config: defaults, warnings: [] })
    expect(acceptMqtt({})).toEqual(defaults.mqtt)
  })

  it("keeps every value that it names", () => {
    const { config, warnings } = accept({
      device_id: "attic",
      device_name: "Attic sensor",
      version: 7,
      update_interval: 300,
      deep_sleep: false,
      awake_timeout: 30.5,
      spread_wakes: true,
      credentials: true,
      wake_pin: 33,
      wake_on: "low",
      time: { server: "pool.ntp.org", port: 1123, sync_interval: 600 },
      battery: {
        pin: 35,
        command: "volts",
        divider: 2.1,
        chemistry: "lifepo4",
        cells: 2,
        full: 6.6,
        empty: 6,
        low: 15.5,
        low_send_interval: 21_600
      },
      network: { ssid: "home", password: "abcdefgh", timeout: 5 },
      network_fallback: { ssid: "guest" },
      sensors: {
        dht22: {
          id: "roof",
          name: "Roof",
          pin: 4,
          interval: 120,
          temperature: { name: "Warmth", unit: "F" },
          humidity: { name: "Damp", unit: "rh" }
        },
        simulated: {}
      },
      mqtt: {
        enabled: true,
        client_id: "{device_id}-{device_id}",
        broker: "fd00::1",
        port: 1884,
        username: "u",
        password: "p",
        keepalive: 0,
        timeout: 30.5,
        ssl: true,
        ssl_ca: "CA",
        ssl_cert: "CERT",
        ssl_key: "KEY",
        use_esp32_client: false,
        topic_data_prefix: "a",
        topic_config: "b",
        topic_config_version: "c/version",
        topic_config_data: "c/data",
        topic_command: "d",
        load_config_from_mqtt: false,
        config_secret: "s",
        config_wait_time: 0.5,
        publish_interval: 300,
        publish_values: true,
        publish_status: true,
        send_interval: 3600,
        send_when_pending: 10,
        reconnect: {
          enabled: false,
          max_attempts: 1,
          try_interval: 10,
          backoff_factor: 1.5,
          min_interval: 10,
          max_interval: 10,
          jitter: 0.25,
          attempt_count: 2,
          last_attempt_time: 12.5
        },
        outbox: { capacity: 1000, bytes: 8192, when_full: "keep_newest_per_topic" }
      }
    })
    expect(warnings).toEqual([])
    expect(config).toEqual({
      deviceId: "attic",
      deviceName: "Attic sensor",
      version: 7,
      publishInterval: 300,
      deepSleep: false,
      awakeTimeout: 30.5,
      spreadWakes: true,
      credentials: true,
      wakePin: 33,
      wakeOn: "low",
      time: { server: "pool.ntp.org", port: 1123, syncInterval: 600 },
      battery: {
        pin: 35,
        command: "volts",
        divider: 2.1,
        chemistry: "lifepo4",
        cells: 2,
        full: 6.6,
        empty: 6,
        low: 15.5,
        lowSendInterval: 21_600
      },
      networks: [{ ssid: "home", password: "abcdefgh", timeout: 5 }, { ssid: "guest", password: "", timeout: 20 }],
      sensors: [
        {
          type: "dht22",
          id: "roof",
          name: "Roof",
          pin: 4,
          interval: 120,
          temperature: { name: "Warmth", unit: "F" },
          humidity: { name: "Damp", unit: "rh" }
        },
        {
          type: "simulated",
          id: "simulated",
          name: "simulated",
          pin: 0,
          interval: 0,
          temperature: { name: "Temperature", unit: "C" },
          humidity: { name: "Humidity", unit: "%" }
        }
      ],
      mqtt: {
        enabled: true,
        clientId: "attic-attic",
        broker: "fd00::1",
        port: 1884,
        username: "u",
        password: "p",
        keepAlive: 0,
        timeout: 30.5,
        ssl: true,
        sslCa: "CA",
        sslCert: "CERT",
        sslKey: "KEY",
        useEsp32Client: false,
        topicDataPrefix: "a",
        topicConfig: "b",
        topicConfigVersion: "c/version",
        topicConfigData: "c/data",
        topicCommand: "d",
        loadConfigFromMqtt: false,
        configSecret: "s",
        configWaitTime: 0.5,
        publishInterval: 300,
        publishValues: true,
        publishStatus: true,
        sendInterval: 3600,
        sendWhenPending: 10,
        reconnect: {
          enabled: false,
          maxAttempts: 1,
          tryInterval: 10,
          backoffFactor: 1.5,
          minInterval: 10,
          maxInterval: 10,
          jitter: 0.25
        },
        reconnectStart: { attemptCount: 2, lastAttemptTime: 12.5 },
        outbox: { capacity: 1000, bytes: 8192, whenFull: "keep_newest_per_topic" },
        templates: { clientId: "{device_id}-{device_id}" }
      }
    })
  })

  it("uses port 8883 with ssl, unless a port is given", () => {
    expect(acceptMqtt({ ssl: true }).port).toBe(8883)
    expect(acceptMqtt({ ssl: true, port: 1883 }).port).toBe(1883)
  })

  it("fills the device's id into the client_id", () => {
    const checked = Result.getOrThrow(DeviceConfig.checkMqtt({ client_id: "esp-{device_id}" }, "attic"))
    expect(checked.config.clientId).toBe("esp-attic")
  })

  it("fills the device's id into every text that names something to the Server, and into no other", () => {
    const texts = {
      client_id: "a-{device_id}",
      username: "{device_id}@home",
      topic_data_prefix: "home/{device_id}/data",
      topic_config: "home/{device_id}/config",
      topic_config_version: "home/{device_id}/{device_id}/version",
      topic_config_data: "home/{device_id}/document",
      topic_command: "home/{device_id}/command",
      password: "{device_id}-p",
      config_secret: "{device_id}-s"
    }
    const { mqtt } = accept({ device_id: "attic", mqtt: texts }).config
    const {
      clientId,
      configSecret,
      password,
      topicCommand,
      topicConfig,
      topicConfigData,
      topicConfigVersion,
      topicDataPrefix,
      username
    } = mqtt
    expect([clientId, username, topicDataPrefix, topicConfig, topicConfigVersion, topicConfigData, topicCommand])
      .toEqual([
        "a-attic",
        "attic@home",
        "home/attic/data",
        "home/attic/config",
        "home/attic/attic/version",
        "home/attic/document",
        "home/attic/command"
      ])
    expect([password, configSecret]).toEqual(["{device_id}-p", "{device_id}-s"])
    expect(accept({ mqtt: { topic_config: "{device_id}" } }).config.mqtt.topicConfig).toBe("esp_sensor")
    expect(acceptMqtt({ topic_config: "{device_id}" }).topicConfig).toBe("esp_sensor")
  })

  it("has the address of its board filled in, or keeps its place for the board", () => {
    const file = {
      device_id: "air-{mac}",
      device_name: "Air {mac}",
      mqtt: { client_id: "{device_id}", topic_config: "config/{mac}", password: "{mac}", username: "u" }
    }
    const names = (
      { deviceId, deviceName, mqtt }: DeviceConfig.DeviceConfig
    ) => [deviceId, deviceName, mqtt.clientId, mqtt.topicConfig, mqtt.password]
    expect(names(accept(file).config)).toEqual(["air-{mac}", "Air {mac}", "air-{mac}", "config/{mac}", "{mac}"])
    const { config } = Result.getOrThrow(DeviceConfig.check(file, "a0b1c2d3e4f5"))
    expect(names(config)).toEqual(["air-a0b1c2d3e4f5", "Air a0b1c2d3e4f5", "air-a0b1c2d3e4f5", "config/a0b1c2d3e4f5",
      "{mac}"])
    expect(config.mqtt.templates).toEqual({ clientId: "{device_id}", topicConfig: "config/{mac}" })
    // It must fit with what will stand there.
    expect(refuse({ mqtt: { client_id: "x".repeat(246) + "{mac}" } }).message).toMatch(/^mqtt\.client_id must be/)
  })

  it("must hold with the device's id filled in", () => {
    const fields = (device_id: string, mqtt: object) =>
      Result.match(DeviceConfig.check({ device_id, mqtt }), {
        onSuccess: () => [],
        onFailure: ({ issues }) => issues.map(({ field, problem }) => [field, problem])
      })
    expect(fields("a+b", { topic_config: "x/{device_id}", username: "{device_id}" })).toEqual([
      ["mqtt.topic_config", `is "x/a+b" with device_id filled in`]
    ])
    expect(fields("x".repeat(200), { client_id: "{device_id}{device_id}" })).toEqual([["mqtt.client_id",
      "is longer with device_id filled in"]])
    expect(fields("one", { topic_config_version: "x/{device_id}", topic_config_data: "x/one" })).toEqual([[
      "mqtt.topic_config_data",
      "is the same"
    ]])
  })

  it("takes the interval from the highest place that names one", () => {
    const intervals = (input: unknown) => {
      const { config, warnings } = accept(input)
      expect(config.mqtt.publishInterval).toBe(config.publishInterval)
      return [config.publishInterval, ...warnings]
    }
    expect(intervals({ update_interval: 30, mqtt: { publish_interval: 30 } })).toEqual([30])
    expect(intervals({ mqtt: { publish_interval: 40 } })).toEqual([40])
    expect(intervals({ mqtt: { publish_interval: 40, update_interval: 50 } })).toEqual([
      50,
      "mqtt.publish_interval (40) is ignored: mqtt.update_interval (50) wins"
    ])
    expect(intervals({ update_interval: 30, mqtt: { publish_interval: 40, update_interval: 50 } })).toEqual([
      30,
      "mqtt.update_interval (50) is ignored: update_interval (30) wins",
      "mqtt.publish_interval (40) is ignored: update_interval (30) wins"
    ])
  })

  it("may hold unknown keys, which are reported with their full path", () => {
    const { config, warnings } = accept({
      $schema: "x",
      network: { ssid: "s", bssid: 1 },
      sensors: { simulated: { humidity: { units: "%" } } },
      mqtt: { keepalvie: 5, reconnect: { max: null } }
    })
    expect(config.mqtt).toEqual(defaults.mqtt)
    expect(warnings).toEqual([
      "$schema is not a key of the configuration and is ignored",
      "network.bssid is not a key of the configuration and is ignored",
      "sensors.simulated.humidity.units is not a key of the configuration and is ignored",
      "mqtt.reconnect.max is not a key of the configuration and is ignored",
      "mqtt.keepalvie is not a key of the configuration and is ignored"
    ])
  })

  it("may have only a fallback network", () => {
    expect(accept({ network_fallback: { ssid: "guest" } }).config.networks).toEqual([{
      ssid: "guest",
      password: "",
      timeout: 20
    }])
  })
})

describe("a wrong value", () => {
  const number =
    (key: string, rule: string) => (value: unknown, shown: string) => [{ [key]: value },
      `mqtt.${key} must be ${rule}, but is ${shown}`]
  const port = number("port", "a whole number from 1 to 65535")
  const keepalive = number("keepalive", "a whole number from 0 to 65535")
  const wait = number("config_wait_time", "a number above 0 and up to 31536000")
  const host = number("broker",
    "a host name or address alone, such as \"broker.local\", or a list of up to 8, each host or host:port")
  const topic = number("topic_config", "a Topic Name: text of 1 to 65535 bytes without + #")

  it.each([
    port(70000, "70000"),
    port(0, "0"),
    port(1.5, "1.5"),
    port("1883", "\"1883\""),
    port(null, "null"),
    port(NaN, "NaN"),
    port([1883], "an array"),
    port(true, "true"),
    keepalive(65536, "65536"),
    keepalive(-1, "-1"),
    wait(0, "0"),
    wait(-2, "-2"),
    wait(Infinity, "Infinity"),
    wait(31536001, "31536001"),
    host("mqtt://broker", "\"mqtt://broker\""),
    host("broker:1883", "\"broker:1883\""),
    host("my broker", "\"my broker\""),
    host({}, "an object"),
    topic("", "\"\""),
    topic("a/#", "\"a/#\""),
    topic("+/b", "\"+/b\""),
    [{ broker: "user:hunter2@broker" },
      "mqtt.broker must be a host name or address alone, such as \"broker.local\", or a list of up to 8, each host or "
      + "host:port, but holds an @"],
    [{ topic_config: "a\u0000" },
      "mqtt.topic_config must be a Topic Name: text of 1 to 65535 bytes without + #, but holds U+0000 or a lone surrogate"],
    [{ username: "\ud800" }, "mqtt.username must be text of 0 to 65535 bytes, but holds U+0000 or a lone surrogate"],
    [{ client_id: "" }, "mqtt.client_id must be text of 1 to 256 bytes, but is \"\""],
    [{ client_id: "ä".repeat(129) }, "mqtt.client_id must be text of 1 to 256 bytes, but is longer"],
    [{ ssl: 1 }, "mqtt.ssl must be true or false, but is 1"],
    [{ enabled: "yes" }, "mqtt.enabled must be true or false, but is \"yes\""],
    [{ publish_interval: 0.999 }, "mqtt.publish_interval must be a number from 1 to 31536000, but is 0.999"],
    [{ update_interval: 0.001 }, "mqtt.update_interval must be a number from 1 to 31536000, but is 0.001"],
    [{ reconnect: { max_attempts: 0 } }, "mqtt.reconnect.max_attempts must be a whole number from 1 to 1000, but is 0"],
    [{ reconnect: { backoff_factor: 0.9 } },
      "mqtt.reconnect.backoff_factor must be a number of at least 1, but is 0.9"],
    [{ reconnect: { jitter: 1.1 } }, "mqtt.reconnect.jitter must be a number from 0 to 1, but is 1.1"],
    [{ reconnect: { attempt_count: -1 } },
      "mqtt.reconnect.attempt_count must be a whole number of at least 0, but is -1"],
    [{ reconnect: [] }, "mqtt.reconnect must be an object, but is an array"],
    [{ outbox: { capacity: 100_001 } }, "mqtt.outbox.capacity must be a whole number from 1 to 100000, but is 100001"],
    [{ outbox: { bytes: 4095 } }, "mqtt.outbox.bytes must be a whole number from 4096 to 100000000, but is 4095"],
    [{ outbox: { when_full: "drop" } },
      "mqtt.outbox.when_full must be \"drop_oldest\" or \"drop_newest\" or \"keep_newest_per_topic\" or \"thin_older\", but is \"drop\""]
  ])("of mqtt is refused by name: %j", (mqtt, message) => {
    expect(refuseMqtt(mqtt)).toBe(message)
  })

  it.each([
    [undefined, "configuration must be an object, but is missing"],
    [[], "configuration must be an object, but is an array"],
    ["{}", "configuration must be an object, but is text"],
    [{ mqtt: null }, "mqtt must be an object, but is null"],
    [{ sensors: [] }, "sensors must be an object, but is an array"],
    [{ sensors: { dht22: 4 } }, "sensors.dht22 must be an object, but is a number"],
    [{ network: "home" }, "network must be an object, but is text"],
    [{ network: {} }, "network.ssid must be text of 1 to 32 bytes, but is missing"],
    [{ network: { ssid: "s", timeout: 0 } }, "network.timeout must be a number above 0 and up to 31536000, but is 0"],
    [{ network_fallback: { ssid: "" } }, "network_fallback.ssid must be text of 1 to 32 bytes, but is \"\""],
    [{ device_id: "" }, "device_id must be text of 1 to 256 bytes, but is \"\""],
    [{ version: 1e300 }, "version must be a whole number from 0 to 9007199254740991, but is 1e+300"],
    [{ version: -1 }, "version must be a whole number from 0 to 9007199254740991, but is -1"],
    [{ version: "3" }, "version must be a whole number from 0 to 9007199254740991, but is \"3\""],
    [{ update_interval: 0 }, "update_interval must be a number from 1 to 31536000, but is 0"],
    [{ update_interval: 0.001 }, "update_interval must be a number from 1 to 31536000, but is 0.001"],
    [{ spread_wakes: 1 }, "spread_wakes must be true or false, but is 1"],
    [{ time: "pool.ntp.org" }, "time must be an object, but is text"],
    [{ time: { server: "pool.ntp.org:123" } },
      "time.server must be a host name or address alone, such as \"broker.local\", but is \"pool.ntp.org:123\""],
    [{ time: { port: 0 } }, "time.port must be a whole number from 1 to 65535, but is 0"],
    [{ time: { sync_interval: 59 } }, "time.sync_interval must be a number from 60 to 604800, but is 59"],
    [{ battery: 35 }, "battery must be an object, but is a number"],
    [{ battery: { pin: -1 } }, "battery.pin must be a whole number of at least 0, but is -1"],
    [{ battery: {} },
      "battery.pin must be the number of the pin at which its voltage is measured, or battery.command given, but is missing"],
    [{ battery: { pin: 35, chemistry: "lead" } },
      "battery.chemistry must be \"li-ion\" or \"lifepo4\" or \"alkaline\" or \"nimh\", but is \"lead\""],
    [{ battery: { pin: 35, full: 4.2 } }, "battery.empty must be given together with battery.full, but is missing"],
    [{ battery: { pin: 35, empty: 3 } }, "battery.full must be given together with battery.empty, but is missing"],
    [{ battery: { pin: 35, full: 3, empty: 3 } }, "battery.empty must be less than battery.full (3), but is 3"],
    [{ battery: { pin: 35, divider: 0 } }, "battery.divider must be a number above 0 and up to 100, but is 0"],
    [{ awake_timeout: 0 }, "awake_timeout must be a number above 0 and up to 31536000, but is 0"],
    [{ deep_sleep: 0 }, "deep_sleep must be true or false, but is 0"]
  ])("of the file is refused by name: %j", (input, message) => {
    expect(refuse(input).message).toBe(message)
  })

  it.each([
    [{ id: "a/b" }, "sensors.dht22.id must be one topic level: text without / + #, but is \"a/b\""],
    [{ id: "" }, "sensors.dht22.id must be one topic level: text without / + #, but is \"\""],
    [{ pin: -1 }, "sensors.dht22.pin must be a whole number of at least 0, but is -1"],
    [{ pin: 1.5 }, "sensors.dht22.pin must be a whole number of at least 0, but is 1.5"],
    [{ pin: undefined }, "sensors.dht22.pin must be a whole number of at least 0, but is missing"],
    [{ interval: -1 }, "sensors.dht22.interval must be a number from 0 to 31536000, but is -1"],
    [{ temperature: { unit: "K" } }, "sensors.dht22.temperature.unit must be \"C\" or \"F\", but is \"K\""]
  ])("of a sensor is refused by name: %j", (sensor, message) => {
    expect(refuseSensor(sensor)).toBe(message)
  })

  it("is shown cut short when it is long", () => {
    expect(refuseMqtt({ broker: "a/".repeat(100) })).toContain("but is \"" + "a/".repeat(30) + "...\"")
  })

  it("does not show passwords and keys", () => {
    const { message } = refuse({
      network: { ssid: "s", password: 12345678 },
      network_fallback: { ssid: "s", password: "hunter2".repeat(10) },
      mqtt: { password: ["hunter2"], ssl_key: 4711, username: "u" }
    })
    expect(message.split("\n")).toEqual([
      "network.password must be text of 0 to 64 bytes, but is a number",
      "network_fallback.password must be text of 0 to 64 bytes, but is longer",
      "mqtt.password must be text of 0 to 65535 bytes, but is an array",
      "mqtt.ssl_key must be text of 0 to 1000000 bytes, but is a number"
    ])
  })
})

describe("values that do not fit together", () => {
  it.each([
    [{ enabled: true }, "mqtt.broker must be a host name or address while mqtt.enabled is true, but is empty"],
    [{ password: "hunter2" }, "mqtt.password must be empty without mqtt.username, but is given"],
    [{ ssl_cert: "PEM" }, "mqtt.ssl_key must be given together with mqtt.ssl_cert, but is empty"],
    [{ ssl_key: "PEM" }, "mqtt.ssl_cert must be given together with mqtt.ssl_key, but is empty"],
    [{ topic_config_data: "a" },
      "mqtt.topic_config_version must be given together with mqtt.topic_config_data, but is empty"],
    [{ topic_config_version: "a" },
      "mqtt.topic_config_data must be given together with mqtt.topic_config_version, but is empty"],
    [
      { topic_config_version: "a", topic_config_data: "a" },
      "mqtt.topic_config_data must be another topic than mqtt.topic_config_version, but is the same"
    ],
    [
      { reconnect: { min_interval: 30000 } },
      "mqtt.reconnect.max_interval must be at least mqtt.reconnect.min_interval (30000), but is 21600"
    ]
  ])("are refused: %j", (mqtt, message) => {
    expect(refuseMqtt(mqtt)).toBe(message)
  })

  it("are thresholds in the wrong order", () => {
    const refused = (limits: object) => refuse({ sensors: { simulated: limits } }).message
    expect(refused({ temperature: { above: 5, below: 30 } })).toBe(
      "sensors.simulated.temperature.below must be less than temperature.above (5), but is 30"
    )
    expect(refused({ humidity: { above: 5, below: 5 } })).toBe(
      "sensors.simulated.humidity.below must be less than humidity.above (5), but is 5"
    )
    expect(accept({ sensors: { simulated: { temperature: { above: -5, below: -6 } } } }).config.sensors[0]?.temperature)
      .toEqual({ name: "Temperature", unit: "C", above: -5, below: -6 })
  })

  it("are tries in a row that do not fit into a wake, and a longer wait for an answer than a wake may last", () => {
    const refused = (file: object, reconnect: object, mqtt: object = {}) =>
      refuse({ ...file, mqtt: { ...mqtt, reconnect } }).message
    expect(refused({}, { try_interval: 26 })).toBe(
      "mqtt.reconnect.try_interval must be at most 25, or awake_timeout at least 62, but is 26, and 3 tries and mqtt.timeout (10) take longer than awake_timeout (60)"
    )
    expect(refused({ awake_timeout: 20 }, { try_interval: 1, max_attempts: 100 })).toContain(
      "must be 0, or awake_timeout at least 109"
    )
    expect(refused({}, { try_interval: 20 }, { timeout: 30 })).toContain("at most 15, or awake_timeout at least 70")
    // The numbers leave room for joining a network, which alone refuses nothing.
    const networks = { network: { ssid: "a" }, network_fallback: { ssid: "b", timeout: 5 } }
    expect(refused(networks, { try_interval: 26 })).toBe(
      "mqtt.reconnect.try_interval must be at most 12, or awake_timeout at least 87, but is 26, and 3 tries, joining a network (25) and mqtt.timeout (10) take longer than awake_timeout (60)"
    )
    expect(accept({ ...networks, mqtt: { reconnect: { try_interval: 25 } } }).config.mqtt.reconnect.tryInterval).toBe(
      25
    )
    expect(refused({}, { try_interval: 20, min_interval: 10 })).toBe(
      "mqtt.reconnect.try_interval must be at most mqtt.reconnect.min_interval (10), but is 20"
    )
    expect(refused({ awake_timeout: 30 }, {}, { timeout: 31 })).toBe(
      "mqtt.timeout must be at most awake_timeout (30); or raise awake_timeout, but is 31"
    )
    expect(accept({ mqtt: { reconnect: { try_interval: 25 } } }).config.mqtt.reconnect.tryInterval).toBe(25)
    // The default of mqtt.timeout is no reason to refuse a shorter wake; a device that is always on has no wake to fit
    // into.
    expect(accept({ awake_timeout: 5 }).config.mqtt.timeout).toBe(10)
    // One try a wake has nothing to be spread.
    expect(accept({ mqtt: { reconnect: { enabled: false, try_interval: 30 } } }).config.mqtt.reconnect.tryInterval)
      .toBe(30)
    expect(accept({ deep_sleep: false, mqtt: { reconnect: { try_interval: 600 } } }).config.mqtt.reconnect.tryInterval)
      .toBe(600)
  })

  it("are two sensors with one id", () => {
    expect(refuse({ sensors: { dht22: { pin: 1, id: "x" }, bme280: { pin: 2, id: "x" } } }).message)
      .toBe("sensors.bme280.id must be an id of its own, but is \"x\" like another sensor's")
  })

  it("are a sensor's key that is no topic level and no id", () => {
    expect(refuse({ sensors: { "a/b": { pin: 1 } } }).message)
      .toBe("sensors.a/b.id must be one topic level: text without / + #, but is \"a/b\", the sensor's key")
  })

  it("are a prefix and an id that are too long together", () => {
    const input = (length: number) => ({
      mqtt: { topic_data_prefix: "p".repeat(65000) },
      sensors: { dht22: { pin: 1, id: "i".repeat(length) } }
    })
    // 65,000 bytes, "/", the id, and "/temperature" make 65,535 at most.
    expect(accept(input(522)).config.sensors[0]?.id.length).toBe(522)
    expect(refuse(input(523)).message)
      .toBe("sensors.dht22.id must be short enough for a Topic Name after mqtt.topic_data_prefix, but is too long")
  })
})

describe("the error", () => {
  it("lists every mistake, each once, fields before the rules between them", () => {
    const error = refuse({
      device_id: 5,
      sensors: { dht22: { pin: 4 }, bme280: { id: "dht22", pin: null } },
      mqtt: {
        enabled: true,
        broker: 1,
        port: 70000,
        username: 5,
        password: "hunter2",
        reconnect: { min_interval: 30000 }
      }
    })
    expect(error._tag).toBe("InvalidConfig")
    expect(error.issues.map(({ field }) => field)).toEqual([
      "device_id",
      "sensors.bme280.pin",
      "mqtt.broker",
      "mqtt.port",
      "mqtt.username",
      "mqtt.reconnect.max_interval",
      "sensors.bme280.id"
    ])
    expect(error.issues[3]).toEqual({ field: "mqtt.port", problem: "is 70000", fix: "a whole number from 1 to 65535" })
    expect(error.message.split("\n").length).toBe(7)
    expect(error.message).not.toContain("hunter2")
  })
})
