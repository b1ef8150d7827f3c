/**
 * Makes the Client from a configuration, and does the two things that sensor programs do with it.
 *
 * For programs on a machine that stays awake. A device that sleeps has a shorter way of its own: device/.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { type Address, addressesOf } from "../../domain/config/BrokerList.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import type { DeviceConfig, InvalidConfig, MqttConfig } from "../../domain/config/DeviceConfig.ts"
import { checkMqtt } from "../../domain/config/DeviceConfig.ts"
import * as Reading from "../../domain/message/Reading.ts"
import type { Socket } from "../../ports/Socket.ts"
import * as Client from "./Client.ts"
import { endpoint } from "../device/connection.ts"

/**
 * The Client's options for a checked configuration. With `use_esp32_client` false the Client is bare: it does not
 * reconnect. The configured reconnect policy is made for devices that sleep (an hour between tries by default); with
 * `reconnect.enabled` false the Client's own, faster one is used. Of several Servers it is the first, unless `address` names
 * another one.
 */
export const clientOptions = (
  mqtt: MqttConfig,
  address: Address | undefined = addressesOf(mqtt)[0]
): Client.ClientOptions => ({
  endpoint: { ...endpoint(mqtt), ...address },
  clientId: mqtt.clientId,
  username: mqtt.username === "" ? undefined : mqtt.username,
  password: mqtt.password === "" ? undefined : mqtt.password,
  keepAlive: mqtt.keepAlive,
  connectTimeout: mqtt.timeout * 1000,
  replyTimeout: mqtt.timeout * 1000,
  reconnect: !mqtt.useEsp32Client ? false : mqtt.reconnect.enabled ? mqtt.reconnect : Client.stayConnected
})

/** Where a Client is connected. */
export interface Connected {
  readonly client: Client.Client
  readonly address: Address
}

/**
 * A Client of the first Server in the list that takes it, and keeps to that one. `options` replace those of the
 * configuration. Fails with what each of them said, in their order.
 */
export const connectToAny = (
  mqtt: MqttConfig,
  options: Partial<Client.ClientOptions> = {}
): Effect.Effect<Connected, ReadonlyArray<Client.ConnectError>, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const errors: Array<Client.ConnectError> = []
    for (const address of addressesOf(mqtt)) {
      const made = yield* Effect.result(Client.make({ ...clientOptions(mqtt, address), ...options }))
      if (Result.isSuccess(made)) return { client: made.success, address }
      errors.push(made.failure)
    }
    return yield* Effect.fail(errors)
  })

/** A connected Client, and the configuration with its defaults filled in. */
export interface Setup {
  readonly client: Client.Client
  readonly mqtt: MqttConfig
}

/**
 * Checks a dictionary of MQTT settings (`broker`, `client_id`, ...) and connects. None if `enabled` is false. Fails
 * with InvalidConfig for wrong values, all of them named; with ConnectError if it could not connect: of several Servers
 * to none of them, and then with what the preferred one said. Unknown keys are logged. `deviceId` is filled in for `{device_id}`.
 */
export const setup = (
  dictionary: unknown,
  deviceId?: string
): Effect.Effect<Option.Option<Setup>, InvalidConfig | Client.ConnectError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const { config: mqtt, warnings } = yield* Effect.fromResult(checkMqtt(dictionary, deviceId))
    for (const warning of warnings) yield* Effect.logWarning(warning)
    if (!mqtt.enabled) return Option.none()
    const { client } = yield* Effect.mapError(connectToAny(mqtt), ([first]) => first as Client.ConnectError)
    return Option.some({ client, mqtt })
  })

/**
 * Publishes a reading with QoS 1 to `<topic_data_prefix>/<sensor id>/data`, and the plain values beside it when
 * configured. Done when the Server has acknowledged all of it.
 */
export const publishSensorData = (
  client: Client.Client,
  mqtt: MqttConfig,
  reading: Reading.Reading
): Effect.Effect<void, Client.PublishError> =>
  Effect.forEach(
    Reading.toMessages(reading, mqtt.publishValues),
    ({ payload, topic }) => client.publish(mqtt.topicDataPrefix + "/" + topic, payload, { qos: 1 }),
    { concurrency: "unbounded", discard: true }
  )

const judged = (outcome: ConfigUpdate.Outcome): boolean => outcome._tag === "Accepted" || outcome._tag === "Unchanged"

/**
 * Looks for a configuration newer than `currentVersion`, as one retained document or as a number and a document, for up
 * to `config_wait_time`. An update is merged into `present`, if given; without it, it must be a complete file. Waiting:
 * there is none. Nothing is stored: the caller does that, and publishes the answer to `<prefix>/config_status`
 * (`ConfigUpdate.status`).
 */
export const checkConfigUpdate = (
  client: Client.Client,
  mqtt: MqttConfig,
  currentVersion: number,
  present?: DeviceConfig
): Effect.Effect<ConfigUpdate.Outcome, Client.SubscribeError> =>
  Effect.suspend(() => {
    let update = ConfigUpdate.begin(mqtt, currentVersion, present)
    const topics = ConfigUpdate.topics(mqtt)
    if (topics.length === 0) return Effect.succeed(ConfigUpdate.outcome(update))
    const take = (message: Client.Received): ConfigUpdate.Outcome | undefined => {
      update = ConfigUpdate.receive(update, message)
      const outcome = ConfigUpdate.outcome(update)
      // What is refused now may be an old document that came before the new number.
      return judged(outcome) ? outcome : undefined
    }
    return Effect.map(
      client.listen(topics, take, mqtt.configWaitTime * 1000),
      Option.getOrElse(() => ConfigUpdate.outcome(update))
    )
  })
