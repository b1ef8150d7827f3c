/**
 * A device whose texts are from all of Unicode, and a Server that gives it updates and notes what it says, to the byte.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { expect } from "vitest"
import * as ConfigUpdate from "../../src/domain/config/ConfigUpdate.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import * as Signature from "../../src/domain/config/Signature.ts"
import { escaped } from "./documents.ts"
import type * as ScriptedServer from "./scriptedServer.ts"

/** Texts that a topic may hold, another with each seed. */
const texts = (seed: number) => {
  const all = fc.sample(
    fc.string({ unit: "binary", minLength: 4, maxLength: 8 }).map((text) => text.replace(/[\0+#/]/g, "") + "ü€😀"),
    { numRuns: 20, seed }
  )
  return () => all.pop() as string
}

/** No more bytes than that, and no half of a character. */
const atMost = (text: string, bytes: number): string => {
  let short = ""
  for (const character of text) if (Buffer.byteLength(short + character) <= bytes) short += character
  return short
}

/** A device's file. `seed`: of its texts. */
export const file = (host: string, port: number, seed: number) => {
  const next = texts(seed)
  return {
    device_id: next(),
    version: 1,
    update_interval: 600,
    network: { ssid: atMost(next() + next(), 31), password: atMost(next() + next(), 63) },
    sensors: { simulated: { id: next() } },
    mqtt: {
      enabled: true,
      broker: host,
      port,
      client_id: "{device_id}" + next(),
      username: next(),
      password: next(),
      config_secret: next(),
      topic_data_prefix: next() + "/" + next(),
      topic_config: next(),
      config_wait_time: 0.2,
      reconnect: { enabled: false }
    }
  }
}

export type File = ReturnType<typeof file>

export const configOf = (document: object): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check(document)).config

/** The update that changes every text it may, as several programs write it. */
export const updates = (seed: number): ReadonlyArray<string> => {
  const { device_id, mqtt: { client_id, password, topic_config, topic_data_prefix, username }, sensors } = file("", 0,
    seed)
  const update = { device_id, sensors, mqtt: { client_id, password, topic_config, topic_data_prefix, username } }
  const json = (version: number) => JSON.stringify({ version, ...update }, null, 1)
  return [escaped(json(2)), "\ufeff" + json(3).replaceAll("\n", "\r\n") + "\r\n"]
}

/** What Node makes of an update that is signed for `config`. */
export const judged = (config: DeviceConfig.DeviceConfig, update: Uint8Array) => {
  const begun = ConfigUpdate.begin(config.mqtt, config.version, config)
  return ConfigUpdate.outcome(
    ConfigUpdate.receive(begun, {
      topic: config.mqtt.topicConfig,
      payload: Signature.sign(config.mqtt.configSecret, update)
    })
  )
}

/** Serves one visit of a device that has `config`, and gives it `update`, signed. Tells the status that it reports. */
export const serve = (
  server: ScriptedServer.ScriptedServer,
  config: DeviceConfig.DeviceConfig,
  update: Uint8Array | undefined
) =>
  Effect.gen(function*() {
    const { mqtt, sensors } = config
    const guest = yield* server.accept
    const { clientId, password, username } = yield* guest.expect("Connect")
    expect({ clientId, password: Buffer.from(password ?? new Uint8Array()).toString(), username }).toEqual({
      clientId: mqtt.clientId,
      password: mqtt.password,
      username: mqtt.username
    })
    const data = yield* guest.expect("Publish")
    expect(data.topic).toBe(mqtt.topicDataPrefix + "/" + sensors[0]?.id + "/data")
    const subscribe = yield* guest.expect("Subscribe")
    expect(subscribe.subscriptions.map(({ topicFilter }) => topicFilter)).toEqual([mqtt.topicConfig])
    yield* guest.send(
      { _tag: "Connack", sessionPresent: false, returnCode: 0 },
      { _tag: "Puback", packetIdentifier: data.packetIdentifier as number },
      { _tag: "Suback", packetIdentifier: subscribe.packetIdentifier, returnCodes: [0] }
    )
    if (update === undefined) return undefined
    const payload = Signature.sign(mqtt.configSecret, update)
    const topic = Result.getOrThrow(
      Packet.encodeAll([{
        _tag: "Publish",
        topic: mqtt.topicConfig as never,
        payload,
        qos: 0,
        retain: true,
        dup: false,
        packetIdentifier: undefined
      }])
    )
    yield* guest.sendBytes(topic)
    const status = yield* guest.expect("Publish")
    expect(status.topic).toBe(mqtt.topicDataPrefix + "/config_status")
    yield* guest.send({ _tag: "Puback", packetIdentifier: status.packetIdentifier as number })
    yield* guest.expect("Disconnect")
    return Bytes.toText(status.payload)
  })

/** An update that is refused for a text, which the reason shows. */
export const wrong = (text: string, version: number): string =>
  JSON.stringify({ version, sensors: { simulated: { id: text + "/" + text, temperature: { unit: text.repeat(9) } } } })

/** Wakes a device through its updates: each word of it, and each verdict, is that of Node. */
export const live = (
  server: ScriptedServer.ScriptedServer,
  first: DeviceConfig.DeviceConfig,
  wake: Effect.Effect<unknown>
) =>
  Effect.gen(function*() {
    let config = first
    const given = updates(first.version + 40)
    for (
      const update of [given[0], wrong("ü€😀\"\\\u0007\u007f", 9), given[1],
        "{\"version\":9,\"note\":\"\\ud800\",\"device_name\":\"\\ud800\"}", "{\"version\":9} quit()"]
    ) {
      const bytes = new Uint8Array(Buffer.from(update as string))
      const [status] = yield* Effect.all([serve(server, config, bytes), wake], { concurrency: 2 })
      const verdict = judged(config, bytes)
      expect(status).toBe(verdict._tag === "Waiting" ? undefined : ConfigUpdate.status(verdict, config.deviceId))
      if (verdict._tag === "Accepted") config = verdict.config
    }
    expect(config.version).toBe(3)
    yield* Effect.all([serve(server, config, undefined), wake], { concurrency: 2 })
  })
