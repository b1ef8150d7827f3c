/**
 * The Control Packets that a Server may send to a Client that uses all of QoS: those of ServerPacket, and the answers of
 * QoS 2. No device has them.
 */
import type * as Result from "effect/Result"
import type { Bytes } from "../bytes/Bytes.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Pubcomp from "./Pubcomp.ts"
import * as Publish from "./Publish.ts"
import * as Pubrec from "./Pubrec.ts"
import * as Pubrel from "./Pubrel.ts"
import * as Reader from "./Reader.ts"
import * as ServerPacket from "./ServerPacket.ts"
import type { DecodeError } from "./PacketError.ts"

/** What a Client reads. Which one it is stands in `_tag`. */
export type AnyServerPacket =
  | Exclude<ServerPacket.ServerPacket, { readonly _tag: "Publish" }>
  | Publish.Publish
  | Pubrec.Pubrec
  | Pubrel.Pubrel
  | Pubcomp.Pubcomp

const read = (first: number, reader: Reader.Reader): AnyServerPacket | undefined => {
  if (first >> 4 === 3) return Publish.decode(first & 15, reader)
  switch (first) {
    case FixedHeader.pubrec:
      return Pubrec.decode(reader)
    case FixedHeader.pubrel:
      return Pubrel.decode(reader)
    case FixedHeader.pubcomp:
      return Pubcomp.decode(reader)
    default:
      return ServerPacket.read(first, reader)
  }
}

/** Reads exactly one whole packet, fixed header included. Its payload is a view on `frame`. */
export const decode = (frame: Bytes): Result.Result<AnyServerPacket, DecodeError> => {
  const reader = Reader.make(frame)
  return Reader.result(reader, read(FixedHeader.read(reader), reader))
}
