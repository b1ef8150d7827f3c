/**
 * The twin of domain/packet/Framer.ts for a board: what has not become a packet yet is one string. A board's packets are
 * small and come in chunks of 536 bytes, so joining them costs little.
 */
import type * as Original from "../../../domain/packet/Framer.ts"
import * as Result from "effect/Result"
import * as FixedHeader from "../../../domain/packet/FixedHeader.ts"
import { type DecodeError, MalformedPacket, PacketTooLarge } from "../../../domain/packet/PacketError.ts"
import type { Bytes } from "./Bytes.ts"

export type Framer = Original.Framer
export type Pushed<P> = Original.Pushed<P>

type Failure = DecodeError | PacketTooLarge

interface State {
  readonly maximum: number
  readonly rest: string
  readonly failure: Failure | undefined
}

const state = (maximum: number, rest: string, failure: Failure | undefined): State => ({ maximum, rest, failure })

export const make = ((maximum: number) => state(maximum, "", undefined)) as unknown as typeof Original.make

const clause = "2.2.3"

export const push = (<P>(framer: State, chunk: string, decode: (frame: Bytes) => Result.Result<P, DecodeError>) => {
  const packets: Array<P> = []
  const maximum = framer.maximum
  let failure = framer.failure
  let rest = framer.rest + chunk
  while (!failure && rest !== "") {
    const size = FixedHeader.packetSize(rest as unknown as Bytes, 0)
    if (size < 0) failure = new MalformedPacket({ packet: "packet", clause, message: clause })
    else if (size > maximum) failure = new PacketTooLarge({ size, maximum, message: size + " bytes" })
    else {
      if (size === 0 || size > rest.length) break
      const decoded = decode(rest.substring(0, size) as unknown as Bytes)
      rest = rest.substring(size)
      if (Result.isFailure(decoded)) failure = decoded.failure
      else packets.push(decoded.success)
    }
  }
  return { framer: state(maximum, failure ? "" : rest, failure), packets, failure }
}) as unknown as typeof Original.push
