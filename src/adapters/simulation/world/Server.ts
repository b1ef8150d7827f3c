/**
 * An MQTT 3.1.1 Server for simulated worlds: bytes in, bytes out, time is an argument.
 *
 * It does everything that a client with QoS 0 and 1 can notice of a real one: credentials, Sessions that outlive
 * connections, retained messages, subscriptions, redelivery with DUP 1, Will. It is not a broker: one process, no
 * limits except those that are set.
 */
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { Connect } from "../../../domain/packet/Connect.ts"
import * as Framer from "../../../domain/packet/Framer.ts"
import * as Packet from "../../../domain/packet/Packet.ts"
import type { Publish } from "../../../domain/packet/Publish.ts"
import type { Subscribe } from "../../../domain/packet/Subscribe.ts"
import * as Session from "../../../domain/delivery/Session.ts"
import * as Topic from "../../../domain/packet/Topic.ts"
import type { Arrival, ClientSession, Link, Message } from "./ServerState.ts"

export type { Arrival, Link, Message } from "./ServerState.ts"

export interface Server {
  readonly retained: Map<string, Message>
  readonly sessions: Map<string, ClientSession>
  /** Undefined: everybody may connect. */
  credentials: { readonly username: string; readonly password: string } | undefined
  /** Return code for every CONNECT, 0 to accept. */
  refuseWith: 0 | 1 | 2 | 3 | 4 | 5
  /** Topic Filters that nobody may subscribe to: SUBACK 0x80. */
  readonly forbidden: Set<string>
  /** Whether it closes the connection on this PUBLISH, as Servers do that forbid it. */
  closesOn: (packet: Publish) => boolean
  /** It closes the connection on a packet that comes before it has sent CONNACK. */
  closesEarly: boolean
  /** Called with every PUBLISH that arrives. */
  onArrival: (arrival: Arrival) => void
}

export const make = (): Server => ({
  retained: new Map(),
  sessions: new Map(),
  credentials: undefined,
  refuseWith: 0,
  forbidden: new Set(),
  closesOn: () => false,
  closesEarly: false,
  onArrival: () => {}
})

export const accept = (send: Link["send"], close: Link["close"]): Link => ({
  send,
  close,
  open: true,
  framer: Framer.make(268_435_460),
  clientId: undefined,
  connect: undefined
})

const write = (link: Link, packet: Packet.Packet, at: number): void =>
  link.send(Result.getOrThrow(Packet.encode(packet)), at)

/** The network connection has ended. Without a DISCONNECT before, the Will is published (MQTT-3.1.2-8). */
export const closed = (server: Server, link: Link, at: number): void => {
  const session = link.clientId === undefined ? undefined : server.sessions.get(link.clientId)
  if (session !== undefined && session.link === link) {
    session.link = undefined
    if (link.connect?.cleanSession === true) server.sessions.delete(link.clientId as string)
  }
  const will = link.connect?.will
  link.open = false
  link.clientId = undefined
  link.connect = undefined
  if (will !== undefined) publish(server, { ...will, topic: will.topic as Topic.TopicName }, at)
}

const drop = (server: Server, link: Link, at: number): void => {
  closed(server, link, at)
  link.close(at)
}

const deliver = (session: ClientSession, message: Message, qos: 0 | 1 | 2, retain: boolean, at: number): void => {
  const { payload, topic } = message
  if (qos === 0) {
    if (session.link !== undefined) {
      write(session.link, { _tag: "Publish", topic, payload, qos: 0, retain, dup: false, packetIdentifier: undefined },
        at)
    }
    return
  }
  const entry = session.nextPending++
  const assigned = Session.publish(session.acknowledgement, entry)
  if (assigned === undefined) return
  session.acknowledgement = assigned.session
  session.pending.set(entry, { ...message, retain })
  if (session.link !== undefined) {
    session.acknowledgement = Session.sent(session.acknowledgement, [])
    const packetIdentifier = assigned.packetIdentifier
    write(session.link, { _tag: "Publish", topic, payload, qos: 1, retain, dup: false, packetIdentifier }, at)
  }
}

/** Publishes as another client would: keeps the message if it is retained, and sends it to all subscribers. */
export const publish = (server: Server, message: Message, at: number): void => {
  if (message.retain) {
    if (Bytes.length(message.payload) === 0) server.retained.delete(message.topic)
    else server.retained.set(message.topic, message)
  }
  for (const session of server.sessions.values()) {
    let qos = -1
    for (const [filter, granted] of session.subscriptions) {
      if (Topic.matches(filter, message.topic)) qos = Math.max(qos, Math.min(granted, message.qos, 1))
    }
    if (qos >= 0) deliver(session, message, qos as 0 | 1, false, at)
  }
}

const returnCode = (server: Server, packet: Connect): 0 | 1 | 2 | 3 | 4 | 5 => {
  if (server.refuseWith !== 0 || server.credentials === undefined) return server.refuseWith
  const given = packet.password === undefined ? "" : Bytes.toText(packet.password)
  return packet.username === server.credentials.username && given === server.credentials.password ? 0 : 4
}

const redeliver = (link: Link, session: ClientSession, at: number): void => {
  for (const { dup, entry, packetIdentifier } of session.acknowledgement.inFlight) {
    const message = session.pending.get(entry)
    if (message === undefined) continue
    const { payload, retain, topic } = message
    write(link, { _tag: "Publish", topic, payload, qos: 1, retain, dup, packetIdentifier }, at)
  }
  session.acknowledgement = Session.sent(session.acknowledgement, [])
}

const unusedId = (server: Server): string => {
  let n = 1
  while (server.sessions.has("auto-" + n)) n++
  return "auto-" + n
}

const connected = (server: Server, link: Link, packet: Connect, at: number): void => {
  const code = returnCode(server, packet)
  if (link.connect !== undefined) return drop(server, link, at)
  if (code !== 0) {
    write(link, { _tag: "Connack", sessionPresent: false, returnCode: code }, at)
    return drop(server, link, at)
  }
  const clientId = packet.clientId === "" ? unusedId(server) : packet.clientId
  const known = server.sessions.get(clientId)
  // A second connection of the same client takes over (MQTT-3.1.4-2).
  if (known?.link !== undefined) drop(server, known.link, at)
  const kept = packet.cleanSession ? undefined : server.sessions.get(clientId)
  const session = kept
    ?? { subscriptions: new Map(), pending: new Map(), acknowledgement: Session.empty, nextPending: 1, link: undefined }
  session.link = link
  link.clientId = clientId
  link.connect = packet
  server.sessions.set(clientId, session)
  write(link, { _tag: "Connack", sessionPresent: kept !== undefined, returnCode: 0 }, at)
  redeliver(link, session, at)
}

const subscribed = (server: Server, link: Link, session: ClientSession, packet: Subscribe, at: number): void => {
  const returnCodes = packet.subscriptions.map(({ qos, topicFilter }) => {
    if (server.forbidden.has(topicFilter)) return 0x80
    session.subscriptions.set(topicFilter, Math.min(qos, 1) as 0 | 1)
    return Math.min(qos, 1) as 0 | 1
  })
  write(link, { _tag: "Suback", packetIdentifier: packet.packetIdentifier, returnCodes }, at)
  packet.subscriptions.forEach(({ topicFilter }, index) => {
    const granted = returnCodes[index] as number
    for (const message of server.retained.values()) {
      if (granted > 1 || !Topic.matches(topicFilter, message.topic)) continue
      deliver(session, message, Math.min(granted, message.qos) as 0 | 1, true, at)
    }
  })
}

const published = (server: Server, link: Link, packet: Publish, at: number): void => {
  const { dup, packetIdentifier, payload, qos, retain, topic } = packet
  // The bytes belong to the network; what is kept is a copy.
  const message = { topic, payload: Bytes.fromBinary(Bytes.toBinary(payload)), qos, retain }
  server.onArrival({ ...message, clientId: link.clientId ?? "", dup, packetIdentifier, at })
  publish(server, message, at)
  if (qos === 1) write(link, { _tag: "Puback", packetIdentifier: packetIdentifier as number }, at)
}

const handle = (
  server: Server,
  link: Link,
  packet: Framer.Pushed<Packet.Packet>["packets"][number],
  at: number
): void => {
  if (packet._tag === "Connect") return connected(server, link, packet, at)
  const session = link.clientId === undefined ? undefined : server.sessions.get(link.clientId)
  if (session === undefined) return drop(server, link, at)
  switch (packet._tag) {
    case "Publish":
      return packet.qos === 2 || server.closesOn(packet) ? drop(server, link, at) : published(server, link, packet, at)
    case "Puback": {
      const done = Session.acknowledge(session.acknowledgement, "PUBACK", packet.packetIdentifier)
      if (done === undefined) return
      session.acknowledgement = done.session
      session.pending.delete(done.entry)
      return
    }
    case "Subscribe":
      return subscribed(server, link, session, packet, at)
    case "Unsubscribe":
      for (const filter of packet.topicFilters) session.subscriptions.delete(filter)
      return write(link, { _tag: "Unsuback", packetIdentifier: packet.packetIdentifier }, at)
    case "Pingreq":
      return write(link, { _tag: "Pingresp" }, at)
    case "Disconnect":
      // After a DISCONNECT the Will is dropped (MQTT-3.1.2-10).
      link.connect = link.connect === undefined ? undefined : { ...link.connect, will: undefined }
      return drop(server, link, at)
    default:
      return drop(server, link, at)
  }
}

/** Bytes of a client have arrived at `at`. Bytes that no Server would accept close the connection. */
export const receive = (server: Server, link: Link, bytes: Bytes.Bytes, at: number): void => {
  // What was on the way when the Server closed, above all a CONNECT, reaches nobody.
  if (!link.open) return
  const pushed = Framer.push(link.framer, bytes, Packet.decode)
  link.framer = pushed.framer
  // What comes together with CONNECT comes before CONNACK.
  if (server.closesEarly && link.clientId === undefined && pushed.packets.length > 1) return drop(server, link, at)
  for (const packet of pushed.packets) {
    handle(server, link, packet, at)
    // Nothing after a refused CONNECT is processed (3.1.4).
    if (!link.open) return
  }
  if (pushed.failure !== undefined) drop(server, link, at)
}
