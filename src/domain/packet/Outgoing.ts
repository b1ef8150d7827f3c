/**
 * The packets that a device is about to write, in order, already as bytes.
 *
 * It knows only what a device sends: the Session kept, no Will, messages with QoS 1, subscriptions with QoS 0, but to commands.
 */
import * as Result from "effect/Result"
import type { TopicFilter, TopicName } from "./Topic.ts"
import * as Bytes from "../bytes/Bytes.ts"
import * as ClientPacket from "./ClientPacket.ts"
import type { InvalidPacket } from "./PacketError.ts"

/** Packets in order, as bytes. With a `fault` none of them may be sent. */
export interface Outgoing {
  readonly bytes: Bytes.Bytes
  readonly fault: InvalidPacket | undefined
}

/** What CONNECT says of its Client. `keepAlive` in seconds; an empty user name or password is none. */
export interface Account {
  readonly clientId: string
  readonly keepAlive: number
  readonly username: string
  readonly password: string
}

/** No packet. */
export const none: Outgoing = { bytes: Bytes.empty, fault: undefined }

/** Whether there is nothing to send and no fault. */
export const isNone = (outgoing: Outgoing): boolean =>
  Bytes.length(outgoing.bytes) === 0 && outgoing.fault === undefined

/** All packets of the first, then those of the second. */
export const join = (first: Outgoing, second: Outgoing): Outgoing => ({
  bytes: Bytes.concat([first.bytes, second.bytes]),
  fault: first.fault ?? second.fault
})

/** Why none of it may be sent: the first packet that MQTT 3.1.1 forbids. */
export const fault = (outgoing: Outgoing): InvalidPacket | undefined => outgoing.fault

/** The bytes to write. If there is a `fault`, some of them are missing. */
export const bytes = (outgoing: Outgoing): Bytes.Bytes => outgoing.bytes

const one = (packet: ClientPacket.ClientPacket): Outgoing => {
  const encoded = ClientPacket.encode(packet)
  return Result.isFailure(encoded) ? { bytes: Bytes.empty, fault: encoded.failure }
    : { bytes: encoded.success, fault: undefined }
}

/** CONNECT. */
export const connect = ({ clientId, keepAlive, password, username }: Account): Outgoing =>
  one({
    _tag: "Connect",
    clientId,
    // The Session is kept, so that a PUBLISH sent again with DUP 1 still means the same to the Server.
    cleanSession: false,
    keepAlive,
    will: undefined,
    username: username === "" ? undefined : username,
    password: password === "" ? undefined : Bytes.fromText(password)
  })

/** PUBLISH, not retained. `dup`: it may have been sent before. `topic` was checked with the configuration. */
export const publish = (topic: string, text: string, dup: boolean, packetIdentifier: number): Outgoing =>
  one({
    _tag: "Publish",
    topic: topic as TopicName,
    payload: Bytes.fromText(text),
    qos: 1,
    retain: false,
    dup,
    packetIdentifier
  })

/** PUBLISH with QoS 0, retained. `topic` was checked with the configuration. */
export const retained = (topic: string, text: string): Outgoing =>
  one({
    _tag: "Publish",
    topic: topic as TopicName,
    payload: Bytes.fromText(text),
    qos: 0,
    retain: true,
    dup: false,
    packetIdentifier: undefined
  })

/** SUBSCRIBE to at least one Topic Filter. */
export const subscribe = (packetIdentifier: number, topicFilters: ReadonlyArray<TopicFilter>): Outgoing =>
  one({
    _tag: "Subscribe",
    packetIdentifier,
    subscriptions: topicFilters.map((topicFilter) => ({ topicFilter, qos: 0 }))
  })

/** The same, but to the first of them with QoS 1. */
export const subscribeFirst = (packetIdentifier: number, topicFilters: ReadonlyArray<TopicFilter>): Outgoing =>
  one({
    _tag: "Subscribe",
    packetIdentifier,
    subscriptions: topicFilters.map((topicFilter, index) => ({ topicFilter, qos: index === 0 ? 1 : 0 }))
  })

/** PUBACK for a Packet Identifier, 1 to 65,535 (3.4). */
export const puback = (packetIdentifier: number): Outgoing => one({ _tag: "Puback", packetIdentifier })

/** PINGREQ (3.12). */
export const pingreq = (): Outgoing => one({ _tag: "Pingreq" })

/** DISCONNECT: the Server drops the Will (3.14). */
export const disconnect = (): Outgoing => one({ _tag: "Disconnect" })
