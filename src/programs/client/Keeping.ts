/**
 * What a Client notes in its store: events wait here until they are written, all that have happened meanwhile at once.
 *
 * They are on the disk before the packets that follow from them leave (Outgoing), and soon when there is no connection.
 */
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import type * as DeliveryLog from "../../domain/delivery/DeliveryLog.ts"
import type { OpenStore, StoreError } from "../../ports/Store.ts"

type Kept = (result: Effect.Effect<void, StoreError>) => void

export interface Keeping {
  readonly store: OpenStore
  /** Not yet on the disk. */
  events: Array<DeliveryLog.Event>
  /** Who wants to know when they are. */
  waiting: Array<Kept>
  lastNumber: number
  /** Open while there is something to write. */
  readonly noted: Latch.Latch
}

export const make = (store: OpenStore): Keeping => ({
  store,
  events: [],
  waiting: [],
  lastNumber: store.state.lastNumber,
  noted: Latch.makeUnsafe(false)
})

export const note = (keeping: Keeping, event: DeliveryLog.Event): void => {
  keeping.events.push(event)
  keeping.noted.openUnsafe()
}

/** Reports when all that is noted now is on the disk, or could not be written. */
export const onKept = (keeping: Keeping, kept: Kept): void => {
  keeping.waiting.push(kept)
  keeping.noted.openUnsafe()
}

/** Writes all that is noted. If that fails, it stays noted, and is written with what comes later. */
export const commit = (keeping: Keeping): StoreError | undefined => {
  const { events, waiting } = keeping
  keeping.noted.closeUnsafe()
  if (events.length === 0 && waiting.length === 0) return undefined
  const written = events.length === 0 ? Result.void : keeping.store.append(events)
  keeping.waiting = []
  if (Result.isSuccess(written)) keeping.events = []
  const result = Effect.fromResult(written)
  for (const kept of waiting) kept(result)
  return Result.isFailure(written) ? written.failure : undefined
}

/** Writes what is noted when all fibers that run now have had their turn. */
export const run = (keeping: Keeping): Effect.Effect<never> =>
  Effect.forever(Effect.andThen(
    keeping.noted.await,
    Effect.andThen(Effect.yieldNow, Effect.sync(() => commit(keeping)))
  ))
