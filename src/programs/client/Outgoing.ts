/**
 * The packets that wait to be written on one connection.
 *
 * Whoever has something to say appends it; one writer takes all there is and writes it at once, so that a burst of packets
 * costs one write, and waits while the network is full. It begins when all who run now have had their say; or, for the
 * answers to what has been read, as soon as all of that is dealt with (`hold`, `release`).
 */
import * as Effect from "effect/Effect"
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
  /** Runs something when all fibers that are ready have run; undefined until there is a writer. */
  later: ((task: () => void) => void) | undefined
  /** Lets the writer begin; undefined while it is at work. */
  wake: (() => void) | undefined
  /** The writer will begin: later, or when it is released. */
  begins: boolean
}

export const make = (): Outgoing =>
  ({ packets: [], size: 0, waiting: [], writing: [], later: undefined, wake: undefined, begins: false })

/** Bytes up to which packets wait to be written without anybody waiting for them. */
const highWaterBytes = 64 * 1024

/** With these bytes there is still so little to write that nobody need wait for it. */
export const hasRoom = (outgoing: Outgoing, bytes: Bytes.Bytes): boolean => outgoing.size + Bytes.length(bytes) <= highWaterBytes

const begin = (outgoing: Outgoing): void => {
  outgoing.begins = false
  if (outgoing.packets.length > 0) outgoing.wake?.()
}

export const push = (outgoing: Outgoing, bytes: Bytes.Bytes, written?: Written): void => {
  outgoing.packets.push(bytes)
  outgoing.size += Bytes.length(bytes)
  if (written !== undefined) outgoing.waiting.push(written)
  if (outgoing.begins || outgoing.wake === undefined) return
  outgoing.begins = true
  outgoing.later?.(() => begin(outgoing))
}

/** What is appended from now on is written when it is released. Not over a wait. */
export const hold = (outgoing: Outgoing): void => {
  outgoing.begins = true
}

/** Writes all there is. */
export const release = begin

const settle = (waiting: ReadonlyArray<Written>, result: Effect.Effect<void, LinkError>): void => {
  for (const written of waiting) written(result)
}

/** Waits until the writer is to begin. */
const awaitSome = (outgoing: Outgoing): Effect.Effect<void> =>
  Effect.callback((resume) => {
    outgoing.wake = () => {
      outgoing.wake = undefined
      resume(Effect.void)
    }
    return Effect.sync(() => {
      outgoing.wake = undefined
    })
  })

/** Writes until the connection fails. */
export const drain = (outgoing: Outgoing, connection: Connection): Effect.Effect<never, SocketError> =>
  Effect.gen(function*() {
    const dispatcher = yield* Effect.withFiberSucceed((fiber) => fiber.currentDispatcher)
    outgoing.later = (task) => dispatcher.scheduleTask(task, 0)
    while (true) {
      // What came during a write does not follow it at once: a network that takes everything would leave nobody else a turn.
      yield* (outgoing.packets.length === 0 ? awaitSome(outgoing) : Effect.yieldNow)
      const packets = outgoing.packets
      outgoing.writing = outgoing.waiting
      outgoing.packets = []
      outgoing.size = 0
      outgoing.waiting = []
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
