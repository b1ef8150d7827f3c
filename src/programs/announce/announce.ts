/**
 * `dormouse announce --config device.json`: makes Home Assistant show a device, by a retained message that is published
 * once, from here. It costs the device nothing.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Random from "effect/Random"
import * as NodeSocket from "../../adapters/node/Socket.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as HomeAssistant from "../../domain/message/HomeAssistant.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import type * as Client from "../client/Client.ts"
import type { Given } from "./Options.ts"
import { sayIfSlow } from "../dormouse/terminal/sayIfSlow.ts"
import { version } from "../../domain/version.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import { addressesOf, nameOf } from "../../domain/config/BrokerList.ts"
import { checkConfigUpdate, connectToAny } from "../client/setup.ts"
import { configured } from "../dormouse/configured.ts"
import * as Format from "../dormouse/terminal/Format.ts"
import { Refusal } from "../dormouse/Refusal.ts"

/** A retained message is handed out at once; this is for slow networks. */
const readBack = "3 seconds"

const refuse = (message: string) => new Refusal({ message })

/** The configuration, with the Server to publish to. */
const reachable = (given: Given, config: DeviceConfig) =>
  Effect.gen(function*() {
    if (Option.isSome(given.server)) {
      const server = yield* Effect.mapError(Effect.fromResult(ServerUrl.parseMqtt(given.server.value, "--server")),
        ({ message }) => refuse(message))
      return ServerUrl.override(config, server)
    }
    if (!config.mqtt.enabled) {
      return yield* refuse(
        given.config +
          ": mqtt.enabled is false: set it to true and mqtt.broker to the Server, or give one with --server"
      )
    }
    return config
  })

/** Without a MAC address nobody knows the names of a board that fills it in. */
const ofBoard = (given: Given) =>
  Effect.gen(function*() {
    const config = yield* configured(Option.some(given.config), {}, Option.getOrElse(given.mac, () => "{mac}"))
    // The texts as they are in the file are kept, so a `{mac}` says nothing once an address is given.
    return Option.isNone(given.mac) && JSON.stringify(config).includes("{mac}")
      ? yield* refuse(
        given.config + " has {mac} in it, which each board fills in: say which board with --mac a0b1c2d3e4f5"
      )
      : config
  })

const topicOf = (given: Given, config: DeviceConfig) =>
  Effect.mapError(Effect.fromResult(Topic.name(HomeAssistant.topic(config, given.prefix))), ({ message }) =>
    refuse("--prefix: " + message))

/**
 * A Client with its own name: with the device's it would disconnect the device. It tries only once, so that the user
 * sees why it fails. Of several Servers it is the first that takes it, as for the device.
 */
const connect = ({ mqtt }: DeviceConfig) =>
  Effect.gen(function*() {
    const number = yield* Random.nextIntBetween(0, 0x10000)
    const clientId = "dormouse-announce-" + number.toString(16).padStart(4, "0")
    const connecting = Effect.mapError(connectToAny(mqtt, { clientId, reconnect: false }),
      (errors) => refuse(errors.map(({ message }) => message).join("; ") + "; nothing was announced"))
    return yield* sayIfSlow("connecting to " + addressesOf(mqtt).map(nameOf).join(" or "), connecting)
  })

/** The Server may have dropped what it acknowledged: MQTT 3.1.1 has no answer for `not allowed`. */
const check = (client: Client.Client, topic: string, payload: string) =>
  client.readTopic(topic, readBack).pipe(
    Effect.map(Option.match({ onNone: () => false, onSome: (message) => Bytes.toText(message.payload) === payload })),
    // A user who may write and not read is no error.
    Effect.orElseSucceed(() => true)
  )

/**
 * The configuration that the device uses, or will use from its next wake: a retained update counts, as for the device.
 * One that it would refuse, or that cannot be read, changes nothing.
 */
const effectiveConfig = (client: Client.Client, config: DeviceConfig) => {
  if (!config.mqtt.loadConfigFromMqtt) return Effect.succeed(config)
  const withWait = { ...config.mqtt, configWaitTime: Math.max(config.mqtt.configWaitTime, 1) }
  return checkConfigUpdate(client, withWait, config.version, config).pipe(
    Effect.map((outcome) => outcome._tag === "Accepted" ? outcome.config : config),
    Effect.orElseSucceed(() => config)
  )
}

/** `payloadOf` makes the message from the configuration in use. Returns that configuration, and the Server. */
const publish = (config: DeviceConfig, topic: string, payloadOf: (effectiveConfig: DeviceConfig) => string) =>
  Effect.gen(function*() {
    const { address, client } = yield* connect(config)
    const used = yield* effectiveConfig(client, config)
    const payload = payloadOf(used)
    yield* client.publish(topic, payload, { qos: 1, retain: true })
    if (payload !== "" && !(yield* check(client, topic, payload))) {
      return yield* refuse(
        "the Server acknowledged " + topic + " but does not keep it: ask its administrator for the right to write there"
      )
    }
    return { used, server: nameOf(address) }
  }).pipe(
    Effect.scoped,
    Effect.provide(NodeSocket.configuredLayer),
    // The Client's notices do not matter here: the result is printed in a line.
    Effect.provideService(References.MinimumLogLevel, "Error"),
    Effect.mapError((error) => error._tag === "Refusal" ? error : refuse(error.message + "; nothing was announced"))
  )

const announce = (given: Given) =>
  Effect.gen(function*() {
    if (given.print && Option.isSome(given.server)) {
      return yield* refuse(
        "--server cannot be used with --print, which connects to no Server: leave one of them out"
      )
    }
    const config = yield* ofBoard(given)
    const topic = yield* topicOf(given, config)
    if (config.sensors.length === 0) {
      return yield* refuse(
        given.config + ": sensors must name a sensor: there is nothing to announce"
      )
    }
    const discoveryOf = (used: DeviceConfig) =>
      HomeAssistant.discovery(used, { version, expireAfter: Option.getOrUndefined(given.expireAfter) })
    if (given.print) {
      yield* Console.log(topic)
      return yield* Console.log(given.remove ? "" : JSON.stringify(discoveryOf(config), null, 2))
    }
    const { mqtt } = yield* reachable(given, config)
    const { server, used } = yield* publish({ ...config, mqtt }, topic,
      (effectiveConfig) => given.remove ? "" : JSON.stringify(discoveryOf(effectiveConfig)))
    const discovery = discoveryOf(used)
    const updated = used.version === config.version ? ""
      : "; this is what its update, version " + used.version + ", says"
    const silence = Object.values(discovery.components).flatMap(({ expire_after }) => expire_after ?? [])
    const buttons = Object.keys(discovery.components).length - silence.length
    const values = Format.plural(silence.length, "value") +
      (buttons === 0 ? "" : " and " + Format.plural(buttons, "button"))
    const old = Math.max(...silence) === 0 ? ""
      : "; a value is unavailable after " + Format.duration(Math.max(...silence) * 1_000) + " without a reading"
    yield* Console.log(given.remove
      ? config.deviceName + " is removed: " + topic + " is empty at " + server
      : config.deviceName + " is announced: " + values + " at " + topic + ", kept by " + server + old + updated)
  })

/** What the command does. */
export const handle = (given: Given) =>
  Effect.tapErrorTag(announce(given), "Refusal", ({ message }) => Console.error(message))
