/**
 * All fifteen Control Packets of MQTT 5, each way.
 *
 * A packet of MQTT 3.1.1 is a packet of MQTT 5 without properties and with Reason Code 0; only CONNECT, CONNACK, SUBACK
 * and UNSUBACK have other fields. So whoever sends the others need not know the version.
 */
import * as Result from "effect/Result"
import type { Bytes } from "../../bytes/Bytes.ts"
import * as FixedHeader from "../FixedHeader.ts"
import type { DecodeError, InvalidPacket } from "../PacketError.ts"
import * as Pingreq from "../Pingreq.ts"
import * as Pingresp from "../Pingresp.ts"
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Acknowledgement from "./Acknowledgement.ts"
import * as Auth from "./Auth.ts"
import * as Connack from "./Connack.ts"
import * as Connect from "./Connect.ts"
import * as Disconnect from "./Disconnect.ts"
import * as Fault from "./Fault.ts"
import * as Publish from "./Publish.ts"
import * as Suback from "./Suback.ts"
import * as Subscribe from "./Subscribe.ts"
import * as Unsubscribe from "./Unsubscribe.ts"

/** Any Control Packet (MQTT 5, table 2-1). `_tag` says which one. */
export type Packet5 =
  | Connect.Connect5
  | Connack.Connack5
  | Publish.Publish5
  | Acknowledgement.Acknowledgement
  | Subscribe.Subscribe5
  | Suback.Suback5
  | Unsubscribe.Unsubscribe5
  | Suback.Unsuback5
  | Pingreq.Pingreq
  | Pingresp.Pingresp
  | Disconnect.Disconnect5
  | Auth.Auth

const write = (packet: Packet5, writer: Writer.Writer): void => {
  switch (packet._tag) {
    case "Publish":
      return Publish.encode(packet, writer)
    case "Puback":
    case "Pubrec":
    case "Pubrel":
    case "Pubcomp":
      return Acknowledgement.encode(packet, writer)
    case "Connect":
      return Connect.encode(packet, writer)
    case "Connack":
      return Connack.encode(packet, writer)
    case "Subscribe":
      return Subscribe.encode(packet, writer)
    case "Suback":
    case "Unsuback":
      return Suback.encode(packet, writer)
    case "Unsubscribe":
      return Unsubscribe.encode(packet, writer)
    case "Pingreq":
      return Pingreq.encode(packet, writer)
    case "Pingresp":
      return Pingresp.encode(packet, writer)
    case "Disconnect":
      return Disconnect.encode(packet, writer)
    case "Auth":
      return Auth.encode(packet, writer)
    default:
      return Writer.unknown(writer, packet)
  }
}

/** AUTH has a type that MQTT 3.1.1 forbids; all other headers are read as there. */
const readHeader = (reader: Reader.Reader): number => {
  const isAuth = reader.bytes[0] === Auth.header
  const size = FixedHeader.packetSize(reader.bytes, 0)
  if ((reader.bytes[0] ?? 0) >> 4 === Auth.header >> 4) {
    reader.packet = "AUTH"
    if (!isAuth) Fault.malformed(reader, "MQTT-3.15.1-1", "has flags that are not 0")
    else if (size !== reader.end) Fault.malformed(reader, "2.1.4", "has a wrong Remaining Length")
    reader.offset = reader.error === undefined ? 1 : reader.end
    while (Reader.u8(reader) >= 0x80);
  } else {
    FixedHeader.read(reader)
  }
  if (reader.error === undefined && reader.offset > 2 && reader.bytes[reader.offset - 1] === 0) {
    Fault.malformed(reader, "MQTT-1.5.5-1", "has a Remaining Length in more bytes than it needs")
  }
  return reader.bytes[0] ?? 0
}

const read = (first: number, reader: Reader.Reader): Packet5 | undefined => {
  if (first >> 4 === 3) return Publish.decode(first & 15, reader)
  switch (first) {
    case FixedHeader.puback:
      return Acknowledgement.decode("Puback", reader)
    case FixedHeader.connect:
      return Connect.decode(reader)
    case FixedHeader.connack:
      return Connack.decode(reader)
    case FixedHeader.pubrec:
      return Acknowledgement.decode("Pubrec", reader)
    case FixedHeader.pubrel:
      return Acknowledgement.decode("Pubrel", reader)
    case FixedHeader.pubcomp:
      return Acknowledgement.decode("Pubcomp", reader)
    case FixedHeader.subscribe:
      return Subscribe.decode(reader)
    case FixedHeader.suback:
      return Suback.decode("Suback", reader)
    case FixedHeader.unsubscribe:
      return Unsubscribe.decode(reader)
    case FixedHeader.unsuback:
      return Suback.decode("Unsuback", reader)
    case FixedHeader.pingreq:
      return Pingreq.decode(reader)
    case FixedHeader.pingresp:
      return Pingresp.decode(reader)
    case FixedHeader.disconnect:
      return Disconnect.decode(reader)
    case Auth.header:
      return Auth.decode(reader)
    default:
      return FixedHeader.refuse(reader, first, "2.1.2", "is no Control Packet")
  }
}

/** The bytes of one packet. Fails if MQTT 5 forbids it. */
export const encode = (packet: Packet5): Result.Result<Bytes, InvalidPacket> => encodeAll([packet])

/** The bytes of several packets, to be written at once. All or nothing. */
export const encodeAll = (packets: ReadonlyArray<Packet5>): Result.Result<Bytes, InvalidPacket> => {
  const writer = Writer.make()
  for (const packet of packets) write(packet, writer)
  return Result.mapError(Writer.result(writer), Fault.translateInvalid)
}

/** Writes one packet after those that `writer` has. A packet that MQTT 5 forbids leaves nothing in it. */
export const append = (packet: Packet5, writer: Writer.Writer): InvalidPacket | undefined => {
  const before = Writer.size(writer)
  write(packet, writer)
  const invalid = Writer.takeBack(writer, before)
  return invalid === undefined ? undefined : Fault.translateInvalid(invalid)
}

/**
 * Reads exactly one whole packet, fixed header included. Its payload is a view on `frame`. A failure has the Reason
 * Code that a DISCONNECT says it with.
 */
export const decode = (frame: Bytes): Result.Result<Packet5, DecodeError> => {
  const reader = Reader.make(frame)
  const first = readHeader(reader)
  const packet = reader.error === undefined ? read(first, reader) : undefined
  const result = Reader.result(reader, packet)
  return Result.isFailure(result) ? Result.fail(Fault.translate(result.failure)) : result
}
