/**
 * One visit to the Server, as a value: what has been said and answered on this Network Connection.
 *
 * Plain functions from packets to the next Visit, so that all work between two waits for the network is plain code. The
 * DeviceState inside it is the part that outlives the connection.
 */
import * as Result from "effect/Result"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import * as ConnectionRefused from "../../domain/ConnectionRefused.ts"
import type { DeviceConfig, MqttConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { ClientPacket } from "../../domain/packet/ClientPacket.ts"
import { ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { Publish } from "../../domain/packet/Publish.ts"
import type { ServerPacket } from "../../domain/packet/ServerPacket.ts"
import * as Session from "../../domain/Session.ts"
import type { TopicFilter } from "../../domain/Topic.ts"

export interface Visit {
  readonly mqtt: MqttConfig
  readonly device: DeviceState.DeviceState
  /** CONNACK with return code 0 has arrived. */
  readonly accepted: boolean
  readonly sessionPresent: boolean
  readonly subscription: "none" | "waiting" | "granted" | "refused"
  /** How many Topic Filters the SUBSCRIBE held: SUBACK must have a return code for each (MQTT-3.8.4-5). */
  readonly filters: number
  readonly update: ConfigUpdate.ConfigUpdate
  /** PUBACKs that we owe. */
  readonly replies: ReadonlyArray<ClientPacket>
  readonly commands: ReadonlyArray<string>
  /** Messages acknowledged on this connection. */
  readonly delivered: number
  /** The newest Outbox entry written on this connection. */
  readonly written: number
}

/** PUBLISH packets in flight at once. Servers hold back no more than this before they have accepted a CONNECT. */
export const window = 32

const connectPacket = (mqtt: MqttConfig): ClientPacket => ({
  _tag: "Connect",
  clientId: mqtt.clientId,
  // The Session is kept, so that a PUBLISH sent again with DUP 1 still means the same to the Server.
  cleanSession: false,
  keepAlive: mqtt.keepAlive,
  will: undefined,
  username: mqtt.username === "" ? undefined : mqtt.username,
  password: mqtt.password === "" ? undefined : Bytes.fromText(mqtt.password)
})

/** A try that follows a failure does not ask for the configuration: whatever that may hold, the data gets through. */
const wanted = (config: DeviceConfig, attemptCount: number): ReadonlyArray<string> => {
  if (config.deepSleep && attemptCount > 1) return []
  const mqtt = config.mqtt
  const topics: ReadonlyArray<string> = ConfigUpdate.topics(mqtt)
  return config.deepSleep || mqtt.topicCommand === "" ? topics : topics.concat([mqtt.topicCommand])
}

/** The PUBLISH packets that are in flight and not yet written here; they count as written from now on. */
export const publish = (visit: Visit): readonly [Visit, ReadonlyArray<ClientPacket>] => {
  const device = DeviceState.assign(visit.device, window)
  const packets: Array<ClientPacket> = []
  let written = visit.written
  for (let i = 0; i < device.session.inFlight.length; i++) {
    const { dup, entry: id, packetIdentifier } = device.session.inFlight[i] as Session.InFlight
    if (id <= visit.written) continue
    const entry = Outbox.find(device.outbox, id)
    if (entry === undefined) continue
    const { payload, qos, retain, topic } = entry.message
    packets.push({ _tag: "Publish", topic, payload, qos, retain, dup, packetIdentifier })
    written = id
  }
  return [{ ...visit, device: { ...device, session: Session.sent(device.session) }, written }, packets]
}

/**
 * Everything that can be said at once: CONNECT, what we owe, SUBSCRIBE to the configuration. A Client need not wait for
 * CONNACK (MQTT 3.1.1, 3.1.4), and a Server that refuses the connection has processed none of it.
 */
export const open = (
  config: DeviceConfig,
  state: DeviceState.DeviceState
): readonly [Visit, ReadonlyArray<ClientPacket>] => {
  const mqtt = config.mqtt
  const [visit, publishes] = publish({
    mqtt,
    device: { ...state, session: Session.disconnected(state.session) },
    accepted: false,
    sessionPresent: false,
    subscription: "none",
    filters: 0,
    update: ConfigUpdate.begin(mqtt, config.version, config),
    replies: [],
    commands: [],
    delivered: 0,
    written: 0
  })
  const packets = [connectPacket(mqtt)].concat(publishes)
  const topics = wanted(config, state.reconnect.attemptCount)
  const borrowed = topics.length > 0 ? Session.borrow(visit.device.session) : undefined
  if (borrowed === undefined) return [visit, packets]
  const subscriptions = topics.map((topic) => ({ topicFilter: topic as TopicFilter, qos: 0 as const }))
  packets.push({ _tag: "Subscribe", packetIdentifier: borrowed.packetIdentifier, subscriptions })
  return [{ ...visit, subscription: "waiting", filters: topics.length, device: { ...visit.device, session: borrowed.session } }, packets]
}

/** Everything owed has been acknowledged. */
export const isDelivered = (visit: Visit): boolean => visit.accepted && Outbox.size(visit.device.outbox) === 0

const connack = (visit: Visit, sessionPresent: boolean, returnCode: number) =>
  returnCode === 0
    ? Result.succeed({ ...visit, accepted: true, sessionPresent })
    : Result.fail(ConnectionRefused.make(returnCode))

const published = (visit: Visit, packet: Publish): Visit => {
  const { payload, topic } = packet
  const replies: ReadonlyArray<ClientPacket> = packet.packetIdentifier === undefined
    ? visit.replies
    : visit.replies.concat([{ _tag: "Puback", packetIdentifier: packet.packetIdentifier }])
  // A retained command is an old one: it was meant for whoever was there at the time.
  if (topic === visit.mqtt.topicCommand && topic !== "") {
    if (packet.retain) return { ...visit, replies }
    return { ...visit, replies, commands: visit.commands.concat([Bytes.toText(payload)]) }
  }
  return { ...visit, replies, update: ConfigUpdate.receive(visit.update, { topic, payload }) }
}

const released = (visit: Visit, packet: "SUBACK" | "UNSUBACK", packetIdentifier: number, subscription: Visit["subscription"]) =>
  Result.map(Session.acknowledge(visit.device.session, packet, packetIdentifier), ({ session }): Visit => ({
    ...visit,
    subscription,
    device: { ...visit.device, session }
  }))

const unexpected = (packet: string, clause: string, message: string) =>
  Result.fail(new ProtocolViolation({ packet, clause, message }))

/** What a packet from the Server changes. */
export const receive = (
  visit: Visit,
  packet: ServerPacket
): Result.Result<Visit, ProtocolViolation | ConnectionRefused.ConnectionRefused> => {
  if (visit.accepted === (packet._tag === "Connack")) {
    return visit.accepted
      ? unexpected("CONNACK", "3.2", "a second CONNACK on one connection")
      : unexpected(packet._tag.toUpperCase(), "MQTT-3.2.0-1", packet._tag.toUpperCase() + " before CONNACK")
  }
  switch (packet._tag) {
    case "Connack":
      return connack(visit, packet.sessionPresent, packet.returnCode)
    case "Puback":
      return Result.map(DeviceState.acknowledge(visit.device, packet.packetIdentifier), (device) => ({
        ...visit,
        device,
        delivered: visit.delivered + 1
      }))
    case "Suback":
      if (packet.returnCodes.length !== visit.filters) {
        return unexpected("SUBACK", "MQTT-3.8.4-5", "SUBACK has " + packet.returnCodes.length + " return codes for " + visit.filters + " Topic Filters")
      }
      return released(visit, "SUBACK", packet.packetIdentifier, packet.returnCodes.indexOf(0x80) >= 0 ? "refused" : "granted")
    case "Unsuback":
      return released(visit, "UNSUBACK", packet.packetIdentifier, visit.subscription)
    case "Publish":
      return Result.succeed(published(visit, packet))
    default:
      return Result.succeed(visit)
  }
}
