/**
 * An MQTT Server for simulated worlds: bytes in, bytes out, time is an argument.
 *
 * It does everything that a client can notice of a real one: credentials, Sessions that outlive connections, retained
 * messages, subscriptions, redelivery with DUP 1, QoS 2 (delivered at the first PUBLISH; repetitions are known by their
 * Packet Identifier), Will. It is not a broker: one process, no
 * limits except those that are set. It speaks MQTT 3.1.1; who accepts a connection may give it another codec.
 */
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import * as Framer from "../../../domain/packet/Framer.ts"
import * as Packet from "../../../domain/packet/Packet.ts"
import type { Publish } from "../../../domain/packet/Publish.ts"
import type { Disconnect5 } from "../../../domain/packet/v5/Disconnect.ts"
import type { Subscribe5 } from "../../../domain/packet/v5/Subscribe.ts"
import * as Session from "../../../domain/delivery/Session.ts"
import type * as Topic from "../../../domain/packet/Topic.ts"
import { acknowledged, publish, received, redeliver, sendRetained, write } from "./delivering.ts"
import type { ClientSession, Codec, Connecting, Link, Message, Received, Server } from "./ServerState.ts"

export { publish } from "./delivering.ts"
export type { Arrival, Codec, Link, Message, Server } from "./ServerState.ts"

export const make = (): Server => ({
  retained: new Map(),
  sessions: new Map(),
  turns: new Map(),
  credentials: undefined,
  refuseWith: 0,
  forbidden: new Set(),
  closesOn: () => false,
  closesEarly: false,
  onArrival: () => {}
})

export const version4: Codec = {
  push: (framer, bytes) => Framer.push(framer, bytes, Packet.decode),
  encode: (packet) => Result.getOrThrow(Packet.encode(packet)),
  farewell: () => undefined
}

export const accept = (send: Link["send"], close: Link["close"], codec = version4): Link => ({
  send,
  close,
  codec,
  open: true,
  framer: Framer.make(268_435_460),
  clientId: undefined,
  connect: undefined
})

/** Seconds. */
const expiryOf = ({ cleanSession, sessionExpiryInterval }: Connecting): number =>
  sessionExpiryInterval ?? (cleanSession ? 0 : Infinity)

/** The network connection has ended. Without a DISCONNECT before, the Will is published (MQTT-3.1.2-8). */
export const closed = (server: Server, link: Link, at: number): void => {
  const session = link.clientId === undefined ? undefined : server.sessions.get(link.clientId)
  if (session !== undefined && session.link === link) {
    session.link = undefined
    const expiry = link.connect === undefined ? Infinity : expiryOf(link.connect)
    session.endsAt = at + expiry * 1_000
    if (expiry === 0) server.sessions.delete(link.clientId as string)
  }
  const will = link.connect?.will
  link.open = false
  link.clientId = undefined
  link.connect = undefined
  if (will !== undefined) publish(server, { ...will, topic: will.topic as Topic.TopicName }, at)
}

/** Closes; MQTT 5 says why. */
const drop = (server: Server, link: Link, at: number, reasonCode?: Disconnect5["reasonCode"]): void => {
  const farewell = reasonCode === undefined || link.clientId === undefined ? undefined
    : link.codec.farewell(reasonCode)
  if (farewell !== undefined) link.send(farewell, at)
  closed(server, link, at)
  link.close(at)
}

const protocolError = 0x82
const notAuthorized = 0x87
const takenOver = 0x8e

const returnCode = (server: Server, packet: Connecting): 0 | 1 | 2 | 3 | 4 | 5 => {
  if (server.refuseWith !== 0 || server.credentials === undefined) return server.refuseWith
  const given = packet.password === undefined ? "" : Bytes.toText(packet.password)
  return packet.username === server.credentials.username && given === server.credentials.password ? 0 : 4
}

const unusedId = (server: Server): string => {
  let n = 1
  while (server.sessions.has("auto-" + n)) n++
  return "auto-" + n
}

const connected = (server: Server, link: Link, packet: Connecting, at: number): void => {
  const code = returnCode(server, packet)
  if (link.connect !== undefined) return drop(server, link, at, protocolError)
  if (code !== 0) {
    write(link, { _tag: "Connack", sessionPresent: false, returnCode: code }, at)
    return drop(server, link, at)
  }
  const clientId = packet.clientId === "" ? unusedId(server) : packet.clientId
  const known = server.sessions.get(clientId)
  // A second connection of the same client takes over (MQTT-3.1.4-2).
  if (known?.link !== undefined) drop(server, known.link, at, takenOver)
  const last = packet.cleanSession ? undefined : server.sessions.get(clientId)
  const kept = last !== undefined && at < last.endsAt ? last : undefined
  const session: ClientSession = kept ?? {
    subscriptions: new Map(),
    details: new Map(),
    pending: new Map(),
    acknowledgement: Session.empty,
    nextPending: 1,
    released: new Set(),
    unreleased: new Set(),
    link,
    endsAt: Infinity
  }
  session.link = link
  session.endsAt = Infinity
  link.clientId = clientId
  link.connect = packet
  server.sessions.set(clientId, session)
  const assignedClientIdentifier = packet.clientId === "" ? clientId : undefined
  write(link, { _tag: "Connack", sessionPresent: kept !== undefined, returnCode: 0, assignedClientIdentifier }, at)
  redeliver(link, session, at)
}

const subscribed = (server: Server, link: Link, session: ClientSession, packet: Subscribe5, at: number): void => {
  const identifier = packet.properties?.subscriptionIdentifier
  const known = new Set(session.subscriptions.keys())
  const returnCodes = packet.subscriptions.map(({ noLocal, qos, retainAsPublished, topicFilter }) => {
    if (server.forbidden.has(topicFilter)) return 0x80
    session.subscriptions.set(topicFilter, qos)
    session.details.set(topicFilter, { identifier, noLocal, retainAsPublished })
    return qos
  })
  write(link, { _tag: "Suback", packetIdentifier: packet.packetIdentifier, returnCodes }, at)
  packet.subscriptions.forEach(({ retainHandling = 0, topicFilter }, index) => {
    const granted = returnCodes[index] as 0 | 1 | 2 | 0x80
    const isWanted = retainHandling === 0 || (retainHandling === 1 && !known.has(topicFilter))
    if (granted !== 0x80 && isWanted) sendRetained(server, session, topicFilter, granted, at)
  })
}

const arrived = (
  server: Server,
  link: Link,
  session: ClientSession,
  packet: Publish & Pick<Message, "properties">,
  at: number
): void => {
  const { dup, packetIdentifier, payload, properties, qos, retain, topic } = packet
  // The bytes belong to the network; what is kept is a copy.
  const message = { topic, payload: Bytes.fromBinary(Bytes.toBinary(payload)), qos, retain, properties }
  server.onArrival({ ...message, clientId: link.clientId ?? "", dup, packetIdentifier, at })
  publish(server, message, at, session)
}

const published = (
  server: Server,
  link: Link,
  session: ClientSession,
  packet: Publish & Pick<Message, "properties">,
  at: number
): void => {
  const { packetIdentifier = 0, qos } = packet
  if (qos < 2 || !session.unreleased.has(packetIdentifier)) arrived(server, link, session, packet, at)
  if (qos === 1) write(link, { _tag: "Puback", packetIdentifier }, at)
  if (qos < 2) return
  session.unreleased.add(packetIdentifier)
  write(link, { _tag: "Pubrec", packetIdentifier }, at)
}

const withWill = 0x04

/** After a DISCONNECT the Will is dropped (MQTT-3.1.2-10), unless MQTT 5 asks for it. */
const left = (connect: Connecting, { properties, reasonCode }: Disconnect5): Connecting => ({
  ...connect,
  sessionExpiryInterval: properties?.sessionExpiryInterval ?? connect.sessionExpiryInterval,
  will: reasonCode === withWill ? connect.will : undefined
})

const handle = (
  server: Server,
  link: Link,
  packet: Framer.Pushed<Received>["packets"][number],
  at: number
): void => {
  if (packet._tag === "Connect") return connected(server, link, packet, at)
  const session = link.clientId === undefined ? undefined : server.sessions.get(link.clientId)
  if (session === undefined) return drop(server, link, at)
  switch (packet._tag) {
    case "Publish":
      return server.closesOn(packet) ? drop(server, link, at, notAuthorized)
        : published(server, link, session, packet, at)
    case "Pubrel":
      session.unreleased.delete(packet.packetIdentifier)
      return write(link, { _tag: "Pubcomp", packetIdentifier: packet.packetIdentifier }, at)
    case "Puback":
    case "Pubcomp":
      return acknowledged(session, packet.packetIdentifier, at)
    case "Pubrec":
      return received(session, packet.packetIdentifier, at)
    case "Subscribe":
      return subscribed(server, link, session, packet, at)
    case "Unsubscribe":
      for (const filter of packet.topicFilters) session.subscriptions.delete(filter)
      return write(link, { _tag: "Unsuback", packetIdentifier: packet.packetIdentifier }, at)
    case "Pingreq":
      return write(link, { _tag: "Pingresp" }, at)
    case "Disconnect":
      link.connect = link.connect === undefined ? undefined : left(link.connect, packet)
      return drop(server, link, at)
    default:
      return drop(server, link, at, protocolError)
  }
}

/** Bytes of a client have arrived at `at`. Bytes that no Server would accept close the connection. */
export const receive = (server: Server, link: Link, bytes: Bytes.Bytes, at: number): void => {
  // What was on the way when the Server closed, above all a CONNECT, reaches nobody.
  if (!link.open) return
  const pushed = link.codec.push(link.framer, bytes)
  link.framer = pushed.framer
  // What comes together with CONNECT comes before CONNACK.
  if (server.closesEarly && link.clientId === undefined && pushed.packets.length > 1) return drop(server, link, at)
  for (const packet of pushed.packets) {
    handle(server, link, packet, at)
    // Nothing after a refused CONNECT is processed (3.1.4).
    if (!link.open) return
  }
  if (pushed.failure !== undefined) drop(server, link, at, protocolError)
}
