/**
 * An open WebSocket as a Connection of the Socket port, whatever gives the WebSocket.
 *
 * MQTT Control Packets need not be aligned with WebSocket's messages (MQTT 3.1.1, section 6), so both directions are
 * streams: each write is one binary message, and what comes is put together by who pulls.
 */
import * as Effect from "effect/Effect"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import { type Connection, SocketError } from "../../ports/Socket.ts"
import type { Intake } from "./Intake.ts"

/** How long the Server may take to answer a close, and what was sent before it to leave, in milliseconds. */
export const lingerMillis = 5_000

/** MQTT 3.1.1, MQTT-6.0.0-3. */
export const subprotocol = "mqtt"

/** What a platform's WebSocket can do. */
export interface Wire {
  /** Sends one binary message, and calls `taken` when the platform wants more: at once, or later. */
  readonly send: (bytes: Bytes, taken: () => void) => void
  /** Closes after everything that was sent. */
  readonly close: () => void
  /** Breaks it, whatever is on the way. */
  readonly destroy: () => void
  /** Bytes that were sent and have not left yet. */
  readonly unsent: () => number
}

export interface Attached {
  readonly connection: Connection
  /** To be called when the WebSocket has closed. */
  readonly closed: (reason: SocketError) => void
}

/** How often to look whether all has left, in milliseconds: no platform tells. */
const lookMillis = 5

export const attach = (wire: Wire, server: string, intake: Intake): Attached => {
  /** Everybody who waits for the network. */
  const waiting = new Set<() => void>()
  let isClosed = false
  const closed = (reason: SocketError) => {
    isClosed = true
    intake.finish(reason)
    for (const settle of waiting) settle()
    waiting.clear()
  }
  const write = (bytes: Bytes): Effect.Effect<void, SocketError> =>
    Effect.callback((resume) => {
      const settle = () => {
        waiting.delete(settle)
        const failure = intake.ended()
        resume(failure === undefined ? Effect.void : Effect.fail(failure))
      }
      // A message of no bytes says nothing to a stream.
      if (intake.ended() !== undefined || bytes.length === 0) return settle()
      waiting.add(settle)
      wire.send(bytes, settle)
      return Effect.sync(() => waiting.delete(settle))
    })
  const hasLeft = (): boolean => isClosed || wire.unsent() === 0
  const leave: Effect.Effect<void> = Effect.callback((resume) => {
    if (isClosed) return resume(Effect.void)
    wire.close()
    const linger = setTimeout(() => wire.destroy(), lingerMillis)
    const forget = () => clearTimeout(linger)
    waiting.add(forget)
    const look = () => {
      if (hasLeft()) resume(Effect.void)
      else setTimeout(look, lookMillis)
    }
    look()
  })
  const close = Effect.suspend(() => {
    intake.drop()
    const isFirst = intake.ended() === undefined
    intake.finish(new SocketError({ reason: "Closed", message: `${server}: the connection was closed here` }))
    return isFirst || !isClosed ? leave : Effect.void
  })
  return { connection: { write, pull: intake.pull, close }, closed }
}
