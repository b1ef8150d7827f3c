/**
 * What has arrived at a socket and waits for the puller, and why no more will come: the same for TCP and WebSocket.
 */
import * as Effect from "effect/Effect"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { SocketError } from "../../ports/Socket.ts"

/** Received bytes that may wait for a puller before the socket is paused. */
const highWaterBytes = 64 * 1024

/** A queue between a socket, which puts, and one puller. */
export interface Intake {
  /** Takes a chunk, which is the queue's from then on. False: no more until `resume` is called. */
  readonly put: (chunk: Bytes) => boolean
  readonly pull: Effect.Effect<Bytes, SocketError>
  /** Bytes that wait for the puller. */
  readonly waiting: () => number
  /** No more will come after what waits. The first reason counts. */
  readonly finish: (reason: SocketError) => void
  /** That reason; undefined while more may come. */
  readonly ended: () => SocketError | undefined
  /** Drops what comes from now on. */
  readonly drop: () => void
}

/** `resume` is called when there is room again after `put` has said that there is none. */
export const make = (resume: () => void): Intake => {
  const waiting: Array<Bytes> = []
  let waitingBytes = 0
  let isPaused = false
  let failure: SocketError | undefined
  let wakePuller: (() => void) | undefined
  let dropping = false

  const wake = () => {
    const puller = wakePuller
    wakePuller = undefined
    puller?.()
  }
  const finish = (reason: SocketError) => {
    failure ??= reason
    wake()
  }
  const drop = () => {
    dropping = true
  }
  const put = (chunk: Bytes) => {
    if (dropping) return true
    waiting.push(chunk)
    waitingBytes += chunk.length
    isPaused = waitingBytes > highWaterBytes
    wake()
    return !isPaused
  }

  const take = (): Effect.Effect<Bytes, SocketError> => {
    const chunk = waiting.shift()
    if (chunk === undefined) return failure === undefined ? pull : Effect.fail(failure)
    waitingBytes -= chunk.length
    if (isPaused && waitingBytes <= highWaterBytes) {
      isPaused = false
      resume()
    }
    return Effect.succeed(chunk)
  }
  /** It carries no bytes itself: if an interrupted puller was woken for bytes, they are still in the queue. */
  const arrival = Effect.callback<void>((resume) => {
    wakePuller = () => resume(Effect.void)
    return Effect.sync(() => {
      wakePuller = undefined
    })
  })
  const pull: Effect.Effect<Bytes, SocketError> = Effect.suspend(() =>
    waiting.length > 0 || failure !== undefined ? take() : Effect.flatMap(arrival, take)
  )
  return { put, pull, waiting: () => waitingBytes, finish, ended: () => failure, drop }
}
