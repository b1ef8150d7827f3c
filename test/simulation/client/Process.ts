/**
 * The process of one Client. It can be killed at any of its steps: before, within or after a write to the network or to
 * its store, after a read, before a handler begins or after it ends. From then on nothing of it happens any more, as
 * after SIGKILL: no DISCONNECT, no last note in the store.
 */
import * as Effect from "effect/Effect"
import type { Connection, Socket } from "../../../src/ports/Socket.ts"
import type { Handler } from "../../../src/programs/client/Client.ts"

export interface Process {
  /** Steps until it is killed, and where within the last one: 0 to 1. */
  left: number
  share: number
  isDead: boolean
  /** Called once. */
  readonly onDeath: () => void
}

export const make = (onDeath: () => void): Process => ({ left: Infinity, share: 0, isDead: false, onDeath })

/** Kills it. */
const die = (process: Process): void => {
  if (process.isDead) return
  process.isDead = true
  process.onDeath()
}

/** It is to be killed at one of its next steps. */
export const arm = (process: Process, steps: number, share: number): void => {
  process.left = Math.max(1, steps)
  process.share = share
}

export const disarm = (process: Process): void => {
  process.left = Infinity
}

/**
 * A step that writes `length` of something begins. Gives how much of it is still written, and what to call then; that
 * says whether the process lives on.
 */
export const write = (process: Process, length: number): { readonly length: number; readonly lives: () => boolean } => {
  if (process.isDead) return { length: 0, lives: () => false }
  if (--process.left > 0) return { length, lives: () => !process.isDead }
  const { share } = process
  const lives = () => {
    die(process)
    return false
  }
  // Before it, within it, or after it.
  return { length: share < 0.3 ? 0 : share < 0.7 ? Math.floor(((share - 0.3) / 0.4) * length) : length, lives }
}

/** A step that writes nothing. */
const lives = (process: Process): boolean => write(process, 0).lives()

const orNever = (isAlive: boolean): Effect.Effect<void> => isAlive ? Effect.void : Effect.never

const connection = (process: Process, inner: Connection): Connection => ({
  ...inner,
  pull: Effect.tap(inner.pull, () => orNever(lives(process))),
  write: (bytes) =>
    Effect.suspend(() => {
      const written = write(process, bytes.length)
      const some = written.length === 0 ? Effect.void : inner.write(bytes.subarray(0, written.length))
      return Effect.andThen(some, Effect.suspend(() => orNever(written.lives())))
    }),
  close: Effect.suspend(() => process.isDead ? Effect.void : inner.close)
})

/** The network as this process has it. */
export const socket = (process: Process, inner: Socket["Service"]): Socket["Service"] => ({
  connect: (endpoint) =>
    Effect.suspend(() =>
      process.isDead ? Effect.never
        : Effect.map(inner.connect(endpoint), (connected) => connection(process, connected))
    )
})

/** A handler that runs in it. */
export const handler = (process: Process, inner: Handler): Handler => (message) => {
  if (!lives(process)) return Effect.never
  const result = inner(message)
  if (Effect.isEffect(result)) return Effect.tap(result, () => orNever(lives(process)))
  return lives(process) ? result : Effect.never
}
