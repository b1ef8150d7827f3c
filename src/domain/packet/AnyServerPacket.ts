/**
 * The Control Packets that a Server may send to a Client that uses all of QoS: those of ServerPacket, and the answers of
 * QoS 2. No device has them.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as Connack from "./Connack.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Pingresp from "./Pingresp.ts"
import * as Puback from "./Puback.ts"
import * as Pubcomp from "./Pubcomp.ts"
import * as Publish from "./Publish.ts"
import * as Pubrec from "./Pubrec.ts"
import * as Pubrel from "./Pubrel.ts"
import * as Reader from "./Reader.ts"
import type { ServerPacket } from "./ServerPacket.ts"
import * as Suback from "./Suback.ts"
import * as Unsuback from "./Unsuback.ts"
import type { DecodeError } from "./PacketError.ts"

/** What a Client reads. Which one it is stands in `_tag`. */
export type AnyServerPacket =
  | Exclude<ServerPacket, { readonly _tag: "Publish" }>
  | Publish.Publish
  | Pubrec.Pubrec
  | Pubrel.Pubrel
  | Pubcomp.Pubcomp

const read = (first: number, reader: Reader.Reader): AnyServerPacket | undefined => {
  if (first >> 4 === 3) return Publish.decode(first & 15, reader)
  switch (first) {
    case FixedHeader.puback:
      return Puback.decode(reader)
    case FixedHeader.pubrec:
      return Pubrec.decode(reader)
    case FixedHeader.pubrel:
      return Pubrel.decode(reader)
    case FixedHeader.pubcomp:
      return Pubcomp.decode(reader)
    case FixedHeader.connack:
      return Connack.decode(reader)
    case FixedHeader.suback:
      return Suback.decode(reader)
    case FixedHeader.unsuback:
      return Unsuback.decode(reader)
    case FixedHeader.pingresp:
      return Pingresp.decode(reader)
    default:
      return FixedHeader.refuse(reader, first, "2.2.1", "is not for a Client")
  }
}

/** Reads exactly one whole packet, fixed header included. Its payload is a view on `frame`. */
export const decode = (frame: Bytes): Result.Result<AnyServerPacket, DecodeError> => {
  const reader = Reader.make(frame)
  return Reader.result(reader, read(FixedHeader.read(reader), reader))
}
