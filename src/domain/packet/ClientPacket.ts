/**
 * The Control Packets that a Client sends when it uses QoS 0 and 1: the half of the codec that a device carries to
 * write.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Connect from "./Connect.ts"
import * as Disconnect from "./Disconnect.ts"
import * as Pingreq from "./Pingreq.ts"
import * as Puback from "./Puback.ts"
import * as Publish from "./Publish.ts"
import * as Subscribe from "./Subscribe.ts"
import * as Unsubscribe from "./Unsubscribe.ts"
import * as Writer from "./Writer.ts"
import type { InvalidPacket } from "./PacketError.ts"

/** What a Client sends; all but the answers of QoS 2. Which one it is stands in `_tag`. */
export type ClientPacket =
  | Connect.Connect
  | Publish.Publish<0 | 1>
  | Puback.Puback
  | Subscribe.Subscribe
  | Unsubscribe.Unsubscribe
  | Pingreq.Pingreq
  | Disconnect.Disconnect

/** Writes the bytes of one packet; a fault is kept in `writer`. */
export const write = (packet: ClientPacket, writer: Writer.Writer): void => {
  switch (packet._tag) {
    case "Publish":
      return Publish.encode(packet, writer)
    case "Puback":
      return Puback.encode(packet, writer)
    case "Connect":
      return Connect.encode(packet, writer)
    case "Subscribe":
      return Subscribe.encode(packet, writer)
    case "Unsubscribe":
      return Unsubscribe.encode(packet, writer)
    case "Pingreq":
      return Pingreq.encode(packet, writer)
    case "Disconnect":
      return Disconnect.encode(packet, writer)
  }
}

/** The bytes of one packet. Fails if MQTT 3.1.1 forbids it. */
export const encode = (packet: ClientPacket): Result.Result<Bytes, InvalidPacket> => {
  const writer = Writer.make()
  write(packet, writer)
  return Writer.result(writer)
}

/** Writes one packet after those that `writer` has. A packet that MQTT 3.1.1 forbids leaves nothing in it. */
export const append = (packet: ClientPacket, writer: Writer.Writer): InvalidPacket | undefined => {
  const before = Writer.size(writer)
  write(packet, writer)
  return Writer.takeBack(writer, before)
}

/** The bytes of several packets, to be written at once. All or nothing. */
export const encodeAll = (packets: ReadonlyArray<ClientPacket>): Result.Result<Bytes, InvalidPacket> => {
  const writer = Writer.make()
  for (const packet of packets) write(packet, writer)
  return Writer.result(writer)
}
