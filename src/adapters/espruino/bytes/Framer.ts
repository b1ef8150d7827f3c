/**
 * The twin of domain/packet/Framer.ts for a board: what has not become a packet yet is one string. A board's packets are
 * small and come in chunks of 536 bytes, so joining them costs little. A framer that has failed is not to be pushed again.
 */
import type * as Original from "../../../domain/packet/Framer.ts"
import * as Result from "effect/Result"
import { type DecodeError, MalformedPacket, PacketTooLarge } from "../../../domain/packet/PacketError.ts"

export type Framer = Original.Framer
export type Pushed<P> = Original.Pushed<P>

type Decode<P> = (frame: string, at: number) => Result.Result<P, DecodeError>

interface State {
  readonly maximum: number
  readonly rest: string
}

export const make = ((maximum: number): State => ({ maximum, rest: "" })) as unknown as typeof Original.make

const clause = "2.2.3"

/** `decode`, this folder's, is given a whole packet and where its body begins. */
export const push = (<P>({ maximum, rest }: State, chunk: string, decode: Decode<P>) => {
  const packets: Array<P> = []
  let failure
  let bytes = rest + chunk
  while (!failure) {
    // The Remaining Length: seven bits a byte, the lowest first, four bytes at most.
    let at = 1
    let size = 0
    let digit = 128
    for (let factor = 1; digit > 127 && at < bytes.length && at < 5; factor *= 128) {
      digit = bytes.charCodeAt(at++)
      size += (digit & 127) * factor
    }
    const end = at + size
    if (digit > 127) {
      if (at < 5) break
      failure = new MalformedPacket({ packet: "packet", clause, message: clause })
    } else if (end > maximum) failure = new PacketTooLarge({ size: end, maximum, message: end + " bytes" })
    else {
      if (end > bytes.length) break
      const decoded = decode(bytes.substring(0, end), at)
      bytes = bytes.substring(end)
      if (Result.isFailure(decoded)) failure = decoded.failure
      else packets.push(decoded.success)
    }
  }
  return { framer: { maximum, rest: bytes }, packets, failure }
}) as unknown as typeof Original.push
