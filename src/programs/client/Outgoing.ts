/**
 * The packets that wait to be written on one connection.
 *
 * Whoever has something to say appends it; one writer takes all there is and writes it at once, so that a burst of
 * packets costs one write, and waits while the network is full.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { Connection, SocketError } from "../../ports/Socket.ts"
import type { LinkError } from "./errors.ts"

export type Written = (result: Effect.Effect<void, LinkError>) => void

export interface Outgoing {
  packets: Array<Bytes.Bytes>
  /** Bytes in `packets`. */
  size: number
  /** Who wants to know when `packets` are written, and when those being written now are. */
  waiting: Array<Written>
  writing: Array<Written>
  readonly some: Latch.Latch
}

export const make = (): Outgoing => ({ packets: [], size: 0, waiting: [], writing: [], some: Latch.makeUnsafe(false) })

/** Bytes up to which packets wait to be written without anybody waiting for them. */
const highWaterBytes = 64 * 1024

/** With these bytes there is still so little to write that nobody need wait for it. */
export const hasRoom = (outgoing: Outgoing, bytes: Bytes.Bytes): boolean => outgoing.size + Bytes.length(bytes) <= highWaterBytes

export const push = (outgoing: Outgoing, bytes: Bytes.Bytes, written?: Written): void => {
  outgoing.packets.push(bytes)
  outgoing.size += Bytes.length(bytes)
  if (written !== undefined) outgoing.waiting.push(written)
  outgoing.some.openUnsafe()
}

const settle = (waiting: ReadonlyArray<Written>, result: Effect.Effect<void, LinkError>): void => {
  for (const written of waiting) written(result)
}

/** Writes until the connection fails. */
export const drain = (outgoing: Outgoing, connection: Connection): Effect.Effect<never, SocketError> =>
  Effect.gen(function*() {
    while (true) {
      yield* outgoing.some.await
      // The latch wakes us in the middle of the first packet's making: let all who run now have their say.
      yield* Effect.yieldNow
      const packets = outgoing.packets
      outgoing.writing = outgoing.waiting
      outgoing.packets = []
      outgoing.size = 0
      outgoing.waiting = []
      outgoing.some.closeUnsafe()
      yield* connection.write(Bytes.concat(packets))
      const written = outgoing.writing
      outgoing.writing = []
      settle(written, Effect.void)
    }
  })

/** Nothing more will be written. */
export const fail = (outgoing: Outgoing, error: LinkError): void => {
  const waiting = outgoing.writing.concat(outgoing.waiting)
  outgoing.packets = []
  outgoing.size = 0
  outgoing.writing = []
  outgoing.waiting = []
  settle(waiting, Effect.fail(error))
}
