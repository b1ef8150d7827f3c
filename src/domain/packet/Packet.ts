/**
 * All fourteen Control Packets of MQTT 3.1.1, each way. What a device needs of them is in ClientPacket and
 * ServerPacket.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Connack from "./Connack.ts"
import * as Connect from "./Connect.ts"
import * as Disconnect from "./Disconnect.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Pingreq from "./Pingreq.ts"
import * as Pingresp from "./Pingresp.ts"
import * as Puback from "./Puback.ts"
import * as Pubcomp from "./Pubcomp.ts"
import * as Publish from "./Publish.ts"
import * as Pubrec from "./Pubrec.ts"
import * as Pubrel from "./Pubrel.ts"
import * as Reader from "./Reader.ts"
import * as Suback from "./Suback.ts"
import * as Subscribe from "./Subscribe.ts"
import * as Unsuback from "./Unsuback.ts"
import * as Unsubscribe from "./Unsubscribe.ts"
import * as Writer from "./Writer.ts"
import type { DecodeError, InvalidPacket } from "./PacketError.ts"

/** Any Control Packet (MQTT 3.1.1, table 2.1). `_tag` says which one. */
export type Packet =
  | Connect.Connect
  | Connack.Connack
  | Publish.Publish
  | Puback.Puback
  | Pubrec.Pubrec
  | Pubrel.Pubrel
  | Pubcomp.Pubcomp
  | Subscribe.Subscribe
  | Suback.Suback
  | Unsubscribe.Unsubscribe
  | Unsuback.Unsuback
  | Pingreq.Pingreq
  | Pingresp.Pingresp
  | Disconnect.Disconnect

const write = (packet: Packet, writer: Writer.Writer): void => {
  switch (packet._tag) {
    case "Publish":
      return Publish.encode(packet, writer)
    case "Puback":
      return Puback.encode(packet, writer)
    case "Connect":
      return Connect.encode(packet, writer)
    case "Connack":
      return Connack.encode(packet, writer)
    case "Pubrec":
      return Pubrec.encode(packet, writer)
    case "Pubrel":
      return Pubrel.encode(packet, writer)
    case "Pubcomp":
      return Pubcomp.encode(packet, writer)
    case "Subscribe":
      return Subscribe.encode(packet, writer)
    case "Suback":
      return Suback.encode(packet, writer)
    case "Unsubscribe":
      return Unsubscribe.encode(packet, writer)
    case "Unsuback":
      return Unsuback.encode(packet, writer)
    case "Pingreq":
      return Pingreq.encode(packet, writer)
    case "Pingresp":
      return Pingresp.encode(packet, writer)
    case "Disconnect":
      return Disconnect.encode(packet, writer)
    default:
      return Writer.unknown(writer, packet)
  }
}

const read = (first: number, reader: Reader.Reader): Packet | undefined => {
  if (first >> 4 === 3) return Publish.decode(first & 15, reader)
  switch (first) {
    case FixedHeader.puback:
      return Puback.decode(reader)
    case FixedHeader.connect:
      return Connect.decode(reader)
    case FixedHeader.connack:
      return Connack.decode(reader)
    case FixedHeader.pubrec:
      return Pubrec.decode(reader)
    case FixedHeader.pubrel:
      return Pubrel.decode(reader)
    case FixedHeader.pubcomp:
      return Pubcomp.decode(reader)
    case FixedHeader.subscribe:
      return Subscribe.decode(reader)
    case FixedHeader.suback:
      return Suback.decode(reader)
    case FixedHeader.unsubscribe:
      return Unsubscribe.decode(reader)
    case FixedHeader.unsuback:
      return Unsuback.decode(reader)
    case FixedHeader.pingreq:
      return Pingreq.decode(reader)
    case FixedHeader.pingresp:
      return Pingresp.decode(reader)
    case FixedHeader.disconnect:
      return Disconnect.decode(reader)
    default:
      return FixedHeader.refuse(reader, first, "2.2.1", "is no Control Packet")
  }
}

/** The bytes of one packet. Fails if MQTT 3.1.1 forbids it. */
export const encode = (packet: Packet): Result.Result<Bytes, InvalidPacket> => {
  const writer = Writer.make()
  write(packet, writer)
  return Writer.result(writer)
}

/** The bytes of several packets, to be written at once. All or nothing. */
export const encodeAll = (packets: ReadonlyArray<Packet>): Result.Result<Bytes, InvalidPacket> => {
  const writer = Writer.make()
  for (const packet of packets) write(packet, writer)
  return Writer.result(writer)
}

/** Reads exactly one whole packet, fixed header included. Its payload is a view on `frame`. */
export const decode = (frame: Bytes): Result.Result<Packet, DecodeError> => {
  const reader = Reader.make(frame)
  return Reader.result(reader, read(FixedHeader.read(reader), reader))
}
