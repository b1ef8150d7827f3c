/**
 * Control Packets as the checkers see them: those of MQTT 3.1.1, and those of MQTT 5 in the same shape, with what MQTT 5
 * adds beside it. So a checker is written once for both.
 */
import * as Result from "effect/Result"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Version5 from "../../../src/adapters/simulation/testing/Version5.ts"
import type * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Connect } from "../../../src/domain/packet/Connect.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { DecodeError } from "../../../src/domain/packet/PacketError.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Packet5 from "../../../src/domain/packet/v5/Packet.ts"
import type { Properties } from "../../../src/domain/packet/v5/PropertyTable.ts"
import type { Publish5 } from "../../../src/domain/packet/v5/Publish.ts"

export type Version = 4 | 5

interface Connack {
  readonly _tag: "Connack"
  readonly sessionPresent: boolean
  /** With MQTT 5 the Reason Code. */
  readonly returnCode: number
  readonly properties?: Properties<"CONNACK"> | undefined
}

interface Codes<T extends "Suback" | "Unsuback"> {
  readonly _tag: T
  readonly packetIdentifier: number
  /** An UNSUBACK of MQTT 3.1.1 has none. */
  readonly returnCodes?: ReadonlyArray<number> | undefined
}

export type Suback = Codes<"Suback"> & { readonly returnCodes: ReadonlyArray<number> }

export type Seen =
  | Exclude<Packet5.Packet5, { readonly _tag: "Connect" | "Connack" | "Suback" | "Unsuback" }>
  | (Connect & { readonly properties?: Properties<"CONNECT"> | undefined })
  | Connack
  | Suback
  | Codes<"Unsuback">

export type Publish = Extract<Seen, { readonly _tag: "Publish" }>

/** In the shape of MQTT 3.1.1. */
const seen = (packet: Packet5.Packet5): Seen => {
  switch (packet._tag) {
    case "Connect": {
      const { cleanStart, ...connect } = packet
      return { ...connect, cleanSession: cleanStart }
    }
    case "Connack": {
      const { properties, reasonCode, sessionPresent } = packet
      return { _tag: "Connack", sessionPresent, returnCode: reasonCode, properties }
    }
    case "Suback":
    case "Unsuback": {
      const { _tag, packetIdentifier, reasonCodes } = packet
      return { _tag, packetIdentifier, returnCodes: reasonCodes } as Suback
    }
    default:
      return packet
  }
}

const wire5 = (packet: Seen): Packet5.Packet5 => {
  switch (packet._tag) {
    case "Connect": {
      const { cleanSession, ...connect } = packet
      return { ...connect, cleanStart: cleanSession }
    }
    case "Connack": {
      const { properties, returnCode, sessionPresent } = packet
      return { _tag: "Connack", sessionPresent, reasonCode: returnCode, properties } as Packet5.Packet5
    }
    case "Suback":
    case "Unsuback": {
      const { _tag, packetIdentifier, returnCodes = [0] } = packet
      return { _tag, packetIdentifier, reasonCodes: returnCodes } as Packet5.Packet5
    }
    default:
      return packet
  }
}

/** A version of MQTT. */
export interface Codec {
  readonly version: Version
  readonly encode: (packets: ReadonlyArray<Seen>) => Bytes.Bytes
  readonly decode: (frame: Bytes.Bytes) => Result.Result<Seen, DecodeError>
  /** What the Server speaks on one connection. */
  readonly server: () => Server.Codec
}

export const codecs: Readonly<Record<Version, Codec>> = {
  4: {
    version: 4,
    encode: (packets) => Result.getOrThrow(Packet.encodeAll(packets as ReadonlyArray<Packet.Packet>)),
    decode: Packet.decode,
    server: () => Server.version4
  },
  5: {
    version: 5,
    encode: (packets) => Result.getOrThrow(Packet5.encodeAll(packets.map(wire5))),
    decode: (frame) => Result.map(Packet5.decode(frame), seen),
    server: Version5.codec
  }
}

/** A packet, and its bytes. */
export interface Sized {
  readonly packet: Seen
  readonly frame: Bytes.Bytes
}

const largest = 268_435_460

/**
 * Cuts a stream into packets; `undefined` in their place: nothing that follows can be read, or is larger than a reader of
 * MQTT 5 allows.
 */
export const reader = (
  { decode, version }: Codec,
  maximum = largest
): (bytes: Bytes.Bytes) => ReadonlyArray<Sized | undefined> => {
  let framer = version === 4 ? Framer.make(largest) : Framer.make(maximum, false)
  const sized = (frame: Bytes.Bytes) => Result.map(decode(frame), (packet) => ({ packet, frame }))
  return (bytes) => {
    const hadFailed = framer.failure !== undefined
    const pushed = Framer.push(framer, bytes, sized)
    framer = pushed.framer
    const packets: ReadonlyArray<Sized | undefined> = pushed.packets as ReadonlyArray<Sized>
    return pushed.failure === undefined || hadFailed ? packets : packets.concat([undefined])
  }
}

/** All packets of some bytes that begin and end with one. */
export const packetsOf = (codec: Codec, bytes: Bytes.Bytes): ReadonlyArray<Seen> =>
  reader(codec)(bytes).flatMap((sized) => (sized === undefined ? [] : [sized.packet]))

/** Gives the messages of one direction of a connection their topics; undefined: a Topic Alias stands for none. */
export const aliases = (maximum = Infinity): (packet: Publish) => Publish | undefined => {
  const topics = new Map<number, TopicName>()
  return (packet: Publish5) => {
    const alias = packet.properties?.topicAlias
    if (alias === undefined) return packet
    if (alias > maximum) return undefined
    if (packet.topic !== "") topics.set(alias, packet.topic)
    const topic = topics.get(alias)
    return topic === undefined ? undefined : { ...packet, topic }
  }
}
