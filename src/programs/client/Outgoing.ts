/**
 * The packets that wait to be written on one connection.
 *
 * Code with something to send appends it, and it is encoded after what is there already. One writer takes everything
 * and writes it at once, so that a burst of packets costs one write, and waits while the network is full. It begins
 * when all fibers that run now have appended their packets; or, for the answers to what has been read, as soon as all
 * of that is handled (`hold`, `release`).
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Writer from "../../domain/packet/Writer.ts"
import type { Connection, SocketError } from "../../ports/Socket.ts"
import type { StoreError } from "../../ports/Store.ts"
import type * as Dialect from "./Dialect.ts"
import type { LinkError } from "./errors.ts"

export type Written = (result: Effect.Effect<void, LinkError>) => void

export interface Outgoing {
  readonly append: Dialect.Dialect["append"]
  /** Puts on the disk what led to the packets that are to be written; undefined: there is no store. */
  readonly commit: (() => StoreError | undefined) | undefined
  /** Undefined: nothing waits. */
  packets: Writer.Writer | undefined
  /** Whose packets are written, and whose memory the next ones get. */
  spare: Writer.Writer | undefined
  /** DISCONNECT, once it is among the packets: nothing follows it (MQTT-3.14.4-1; MQTT 5, MQTT-3.14.4-1). */
  parting: Dialect.Sent | undefined
  /** Who wants to know when `packets` are written, and when those that are being written now are. */
  waiting: Array<Written>
  writing: Array<Written>
  /** Runs something when all fibers that are ready have run; undefined until there is a writer. */
  later: ((task: () => void) => void) | undefined
  /** Lets the writer begin; undefined while it is at work. */
  wake: (() => void) | undefined
  /** The writer will begin: later, or when it is released. */
  begins: boolean
  /** How many slices the network has taken. */
  slices: number
  /** Writes, counted from 1: the one that `packets` will be part of, and the last that has begun. */
  filling: number
  begun: number
}

export const make = (append: Dialect.Dialect["append"], commit?: Outgoing["commit"]): Outgoing => ({
  append,
  commit,
  packets: undefined,
  spare: undefined,
  parting: undefined,
  waiting: [],
  writing: [],
  later: undefined,
  wake: undefined,
  begins: false,
  slices: 0,
  filling: 1,
  begun: 0
})

const begin = (outgoing: Outgoing): void => {
  outgoing.begins = false
  if (outgoing.packets !== undefined) outgoing.wake?.()
}

/** What throws, because types were ignored, leaves nothing either. */
const append = (outgoing: Outgoing, packet: Dialect.Sent, packets: Writer.Writer): InvalidPacket | undefined => {
  const before = Writer.size(packets)
  try {
    return outgoing.append(packet, packets)
  } catch (defect) {
    Writer.removeFrom(packets, before)
    throw defect
  }
}

/**
 * Resumes nobody. A packet that MQTT forbids is not appended. What comes after DISCONNECT is dropped, as is what waits
 * when a connection breaks.
 */
export const push = (outgoing: Outgoing, packet: Dialect.Sent): InvalidPacket | undefined => {
  if (outgoing.parting !== undefined) return undefined
  if (packet._tag === "Disconnect") outgoing.parting = packet
  const packets = outgoing.packets ?? outgoing.spare ?? Writer.make()
  if (packets === outgoing.spare) outgoing.spare = undefined
  const invalid = append(outgoing, packet, packets)
  outgoing.packets = packets
  if (outgoing.begins || outgoing.wake === undefined) return invalid
  outgoing.begins = true
  outgoing.later?.(() => begin(outgoing))
  return invalid
}

/**
 * How many bytes may wait without anybody waiting for them: so many that a write costs little beside what it carries, and
 * not more than the kernel takes at once.
 */
const highWaterBytes = 60 * 1024

/** Bytes that wait to be written. */
export const size = ({ packets }: Outgoing): number => packets === undefined ? 0 : Writer.size(packets)

/** Nothing waits, and nothing is being written. */
export const isIdle = ({ packets, wake }: Outgoing): boolean => packets === undefined && wake !== undefined

/** So much waits to be written that code which adds to it should wait for the network. */
export const isMuch = (outgoing: Outgoing): boolean => size(outgoing) >= highWaterBytes

/** Reports when everything that waits now is written, or never will be. */
export const onWritten = (outgoing: Outgoing, written: Written): void => {
  outgoing.waiting.push(written)
}

/** What is appended from now on is written when it is released. Must not be held during a wait. */
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

/** Bytes that are written at once: how many of them are gone shows whether a long write goes on. */
const sliceBytes = 256 * 1024

/** DISCONNECT alone: what goes before it needs the store, and this does not. */
const farewell = ({ append, parting }: Outgoing, connection: Connection): Effect.Effect<void, SocketError> => {
  if (parting === undefined) return Effect.void
  const writer = Writer.make()
  append(parting, writer)
  return connection.write(Result.getOrThrow(Writer.result(writer)))
}

const writeSlices = (
  outgoing: Outgoing,
  connection: Connection,
  bytes: Bytes.Bytes
): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    const length = Bytes.length(bytes)
    for (let at = 0; at < length; at += sliceBytes) {
      yield* connection.write(Bytes.slice(bytes, at, Math.min(at + sliceBytes, length)))
      outgoing.slices++
    }
  })

/** More memory than this is not kept for the next packets. */
const spareBytes = 2 * 1024 * 1024

/** Writes these packets; each was checked when it was appended. */
const writeAll = (
  outgoing: Outgoing,
  connection: Connection,
  packets: Writer.Writer
): Effect.Effect<void, SocketError> => {
  const { releasesBytes = false } = connection
  // New memory for every few large messages would keep the garbage collector busy, more than all else.
  const bytes = releasesBytes ? Writer.packets(packets) : Result.getOrThrow(Writer.result(packets))
  const length = Bytes.length(bytes)
  if (length === 0) return Effect.void
  const written = length <= sliceBytes ? connection.write(bytes) : writeSlices(outgoing, connection, bytes)
  if (!releasesBytes || packets.bytes.length > spareBytes) return written
  return Effect.map(written, () => {
    Writer.clear(packets)
    outgoing.spare = packets
  })
}

/** Writes until the connection fails. */
export const drain = (outgoing: Outgoing, connection: Connection): Effect.Effect<never, SocketError | StoreError> =>
  Effect.gen(function*() {
    const dispatcher = yield* Effect.withFiberSucceed((fiber) => fiber.currentDispatcher)
    outgoing.later = (task) => dispatcher.scheduleTask(task, 0)
    while (true) {
      // What came during a write does not follow it at once: with a network that takes everything, nobody else would
      // get a turn.
      yield* (outgoing.packets === undefined ? awaitSome(outgoing) : Effect.yieldNow)
      const { packets } = outgoing
      if (packets === undefined) continue
      outgoing.packets = undefined
      const write = outgoing.filling++
      outgoing.writing = outgoing.waiting
      outgoing.waiting = []
      const unkept = outgoing.commit?.()
      // Nothing of it has left: no CONNECT that may have begun a new Session.
      if (unkept !== undefined) return yield* Effect.andThen(farewell(outgoing, connection), unkept)
      outgoing.begun = write
      yield* writeAll(outgoing, connection, packets)
      outgoing.slices++
      const written = outgoing.writing
      outgoing.writing = []
      settle(written, Effect.void)
    }
  })

/** Nothing more will be written. */
export const fail = (outgoing: Outgoing, error: LinkError): void => {
  const waiting = outgoing.writing.concat(outgoing.waiting)
  outgoing.packets = undefined
  outgoing.writing = []
  outgoing.waiting = []
  settle(waiting, Effect.fail(error))
}
