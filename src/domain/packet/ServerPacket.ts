/**
 * The Control Packets that a Server may send to a Client that uses QoS 0 and 1: the half of the codec that a device
 * carries to read. Any other packet is a ProtocolViolation that names it.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Connack from "./Connack.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Pingresp from "./Pingresp.ts"
import * as Puback from "./Puback.ts"
import * as Publish from "./Publish.ts"
import * as Reader from "./Reader.ts"
import * as Suback from "./Suback.ts"
import * as Unsuback from "./Unsuback.ts"
import type { DecodeError } from "./PacketError.ts"

/** What a Client reads; all but the packets of QoS 2. Which one it is stands in `_tag`. */
export type ServerPacket =
  | Connack.Connack
  | Publish.Publish<0 | 1>
  | Puback.Puback
  | Suback.Suback
  | Unsuback.Unsuback
  | Pingresp.Pingresp

const readPublish = (flags: number, reader: Reader.Reader): Publish.Publish<0 | 1> => {
  const packet = Publish.decode(flags, reader)
  // A Server never grants more than was asked for, and this Client never asks for 2.
  if (packet.qos === 2) Reader.violation(reader, "MQTT-3.8.4-6", "has QoS 2, which was not asked for")
  return packet as Publish.Publish<0 | 1>
}

/** The packet whose first byte this is; `reader` is at its body. */
export const read = (first: number, reader: Reader.Reader): ServerPacket | undefined => {
  if (first >> 4 === 3) return readPublish(first & 15, reader)
  switch (first) {
    case FixedHeader.puback:
      return Puback.decode(reader)
    case FixedHeader.connack:
      return Connack.decode(reader)
    case FixedHeader.suback:
      return Suback.decode(reader)
    case FixedHeader.unsuback:
      return Unsuback.decode(reader)
    case FixedHeader.pingresp:
      return Pingresp.decode(reader)
    default:
      return FixedHeader.refuse(reader, first, "2.2.1", "is not for this Client")
  }
}

/** Reads exactly one whole packet, fixed header included. Its payload is a view on `frame`. */
export const decode = (frame: Bytes): Result.Result<ServerPacket, DecodeError> => {
  const reader = Reader.make(frame)
  return Reader.result(reader, read(FixedHeader.read(reader), reader))
}
