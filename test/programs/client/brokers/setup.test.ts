/** From a dictionary of settings to a connected Client, sensor data, and a newer configuration. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { describe, expect, it } from "vitest"
import * as Result from "effect/Result"
import * as DeviceConfig from "../../../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../../../src/domain/bytes/Bytes.ts"
import * as Client from "../../../../src/programs/client/Client.ts"
import { checkConfigUpdate, clientOptions, publishSensorData, setup } from "../../../../src/programs/client/setup.ts"
import type { Endpoint } from "../../../../src/ports/Socket.ts"
import * as Aedes from "../../../support/aedes.ts"
import { describeEach } from "../../../support/brokers.ts"
import * as DelayedServer from "../../../support/delayedServer.ts"
import { run } from "../../../support/runClient.ts"
import * as TcpServer from "../../../support/tcpServer.ts"

const dictionary = (endpoint: Endpoint, more: object = {}) => ({
  enabled: true,
  client_id: "setup",
  broker: endpoint.host,
  port: endpoint.port,
  ...more
})

const mqttConfig = (more: object = {}): DeviceConfig.MqttConfig =>
  Result.getOrThrow(DeviceConfig.checkMqtt({ enabled: true, broker: "broker", ...more })).config

/** A complete file. */
const file = (version: number, more: object = {}) => ({
  device_id: "esp",
  version,
  sensors: { dht22: { id: "room", pin: 4 } },
  mqtt: { enabled: true, broker: "broker" },
  ...more
})

const device = (document: unknown): DeviceConfig.DeviceConfig => Result.getOrThrow(DeviceConfig.check(document)).config

const reading = {
  sensor: device(file(1)).sensors[0] as DeviceConfig.SensorConfig,
  temperature: 21.4,
  humidity: 48.2,
  uptime: 12
}

/** A Client that `setup` has connected. */
const connected = (endpoint: Endpoint, more: object = {}) =>
  Effect.map(setup(dictionary(endpoint, more)), Option.getOrThrow)

describeEach("setup", (broker) => {
  it("connects with the credentials of the dictionary", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make({ user: { username: "u", password: "p" } })
      const { client } = yield* connected(tcp, { username: "u", password: "p" })
      yield* client.ping
      expect(yield* Effect.flip(setup(dictionary(tcp, { client_id: "other", username: "u", password: "wrong" }))))
        .toMatchObject({ _tag: "ConnectionRefused" })
    })))

  it("connects over TLS, and without the authority's certificate does not", () =>
    run(Effect.gen(function*() {
      const { tls } = yield* broker.make()
      const { client } = yield* connected(tls, { ssl: true, ssl_ca: tls.tls.ca })
      yield* client.ping
      expect(yield* Effect.flip(setup(dictionary(tls, { ssl: true })))).toMatchObject({
        _tag: "SocketError",
        reason: "Tls"
      })
    })))

  it("publishes a reading and its plain values, acknowledged", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const { client, mqtt } = yield* connected(tcp, { topic_data_prefix: "/home", publish_values: true })
      yield* client.subscribe("/home/#", { qos: 1 })
      const receiving = yield* Effect.forkChild(Stream.runCollect(Stream.take(client.messages, 3)), {
        startImmediately: true
      })
      yield* publishSensorData(client, mqtt, reading)
      const received = (yield* Fiber.join(receiving)).map((
        { payload, qos, topic }
      ) => [topic, qos, Bytes.toText(payload)])
      expect(received).toEqual([
        ["/home/room/data", 1, JSON.stringify({ temperature: 21.4, humidity: 48.2, uptime: 12, unit: "C" })],
        ["/home/room/temperature", 1, "21.4"],
        ["/home/room/humidity", 1, "48.2"]
      ])
    })))

  it("takes a newer configuration from one retained document", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const { client, mqtt } = yield* connected(tcp, { topic_config: "/config", config_wait_time: 5 })
      yield* client.publish("/config", JSON.stringify(file(7)), { retain: true, qos: 1 })
      expect(yield* checkConfigUpdate(client, mqtt, 6)).toMatchObject({ _tag: "Accepted", version: 7 })
      expect(yield* checkConfigUpdate(client, mqtt, 7)).toMatchObject({ _tag: "Unchanged", age: "equal" })
    })))

  it("takes a newer configuration announced by its number, laid over the present file", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* broker.make()
      const topics = { topic_config_version: "/config/version", topic_config_data: "/config/data", config_wait_time: 5 }
      const { client, mqtt } = yield* connected(tcp, topics)
      const present = device(file(3, { device_name: "Kitchen" }))
      yield* client.publish("/config/data", JSON.stringify({ version: 4, update_interval: 30 }), {
        retain: true,
        qos: 1
      })
      yield* client.publish("/config/version", "4", { retain: true, qos: 1 })
      expect(yield* checkConfigUpdate(client, mqtt, 3, present)).toMatchObject({
        _tag: "Accepted",
        version: 4,
        config: { deviceName: "Kitchen", publishInterval: 30 }
      })
    })))
})

describe("setup", () => {
  it("connects to nothing when MQTT is not enabled, and does not call that an error", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const proxy = yield* DelayedServer.make(tcp)
      expect(yield* setup(dictionary(proxy.endpoint, { enabled: false }))).toEqual(Option.none())
      expect(yield* setup({})).toEqual(Option.none())
      expect(yield* proxy.connections).toBe(0)
    })))

  it("refuses wrong values by their keys, before it connects", () =>
    run(Effect.gen(function*() {
      const error = yield* Effect.flip(setup({ enabled: true, broker: "b", port: 70_000, keepalive: "often" }))
      expect(error._tag).toBe("InvalidConfig")
      expect(error.message).toContain("mqtt.port")
      expect(error.message).toContain("mqtt.keepalive")
    })))

  it("fails when nothing connected", () =>
    run(Effect.gen(function*() {
      const port = yield* TcpServer.freePort
      expect(yield* Effect.flip(setup(dictionary({ host: "127.0.0.1", port })))).toMatchObject({
        _tag: "SocketError",
        reason: "Refused"
      })
    })))

  it("takes the reconnect policy from the configuration, or none for a bare Client", () => {
    expect(clientOptions(mqttConfig()).reconnect).toMatchObject({ minInterval: 3600, maxInterval: 21600 })
    expect(clientOptions(mqttConfig({ reconnect: { enabled: false } })).reconnect).toEqual(Client.stayConnected)
    expect(clientOptions(mqttConfig({ use_esp32_client: false })).reconnect).toBe(false)
    expect(clientOptions(mqttConfig({ timeout: 25 }))).toMatchObject({ connectTimeout: 25_000, replyTimeout: 25_000 })
  })

  it("fills in the device's id and leaves empty credentials out", () => {
    const { config } = Result.getOrThrow(
      DeviceConfig.checkMqtt({ enabled: true, broker: "b", client_id: "x-{device_id}" }, "esp7")
    )
    expect(clientOptions(config)).toMatchObject({
      clientId: "x-esp7",
      username: undefined,
      password: undefined,
      keepAlive: 60
    })
  })
})

describe("checkConfigUpdate", () => {
  it("says that there is none after the wait, and leaves no subscription", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      const { client, mqtt } = yield* connected(tcp, { topic_config: "/config", config_wait_time: 0.05 })
      const unsubscribed = new Promise<ReadonlyArray<string>>((resolve) =>
        aedes.once("unsubscribe", (topics) => resolve(topics))
      )
      expect(yield* checkConfigUpdate(client, mqtt, 1)).toEqual({ _tag: "Waiting" })
      expect(yield* Effect.promise(() => unsubscribed)).toEqual(["/config"])
    })))

  it("does not ask when updates are turned off", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const { client, mqtt } = yield* connected(tcp, { topic_config: "/config", load_config_from_mqtt: false })
      yield* client.publish("/config", JSON.stringify(file(2)), { retain: true, qos: 1 })
      expect(yield* checkConfigUpdate(client, mqtt, 1)).toEqual({ _tag: "Waiting" })
    })))

  it("refuses a document that does not bear the announced number, but waits for one that does", () =>
    run(Effect.gen(function*() {
      const { tcp } = yield* Aedes.make()
      const topics = { topic_config_version: "/v", topic_config_data: "/d" }
      const { client, mqtt } = yield* connected(tcp, { ...topics, config_wait_time: 0.1 })
      yield* client.publish("/v", "5", { retain: true, qos: 1 })
      yield* client.publish("/d", JSON.stringify(file(4)), { retain: true, qos: 1 })
      expect(yield* checkConfigUpdate(client, mqtt, 3)).toMatchObject({ _tag: "Refused", version: 5 })
      const patient = { ...mqtt, configWaitTime: 10 }
      const retained = yield* Effect.forkChild(Stream.runDrain(Stream.take(client.messages, 2)), {
        startImmediately: true
      })
      const checking = yield* Effect.forkChild(checkConfigUpdate(client, patient, 3), { startImmediately: true })
      yield* Fiber.join(retained)
      yield* client.publish("/d", JSON.stringify(file(5)), { retain: true, qos: 1 })
      expect(yield* Fiber.join(checking)).toMatchObject({ _tag: "Accepted", version: 5 })
    })))

  it("fails with SubscriptionRefused when the Server does not let it read", () =>
    run(Effect.gen(function*() {
      const { aedes, tcp } = yield* Aedes.make()
      aedes.authorizeSubscribe = (_, __, done) => done(null, null)
      const { client, mqtt } = yield* connected(tcp, { topic_config: "/config" })
      expect(yield* Effect.flip(checkConfigUpdate(client, mqtt, 1))).toMatchObject({
        _tag: "SubscriptionRefused",
        topicFilter: "/config"
      })
    })))
})
