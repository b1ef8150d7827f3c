/**
 * Where a Client keeps what it owes beyond its process: a log of events (domain/delivery/DeliveryLog).
 *
 * A caller may rely on this:
 * - One Client at a time has a store open; another one that asks for it fails with `InUse`, also from another process.
 *   A process that was killed has it open no longer.
 * - `open` gives what the log came to, whenever the process before was killed. It belongs to one Client Identifier.
 * - `append` does not wait: the events are on the disk when it returns, all of them, or none if it fails.
 */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import type { Event, State } from "../domain/delivery/DeliveryLog.ts"

/** The store cannot be used, or not now; `message` says what to do. */
export class StoreError extends Data.TaggedError("StoreError")<{
  /**
   * InUse: another Client has it open. OtherClient: it holds what another Client Identifier owes. Failed: the platform
   * cannot read or write it.
   */
  readonly reason: "InUse" | "OtherClient" | "Failed"
  readonly directory: string
  readonly message: string
}> {}

/** A store that this Client has to itself. */
export interface OpenStore {
  /** What was there when it was opened. Changed by `append`. */
  readonly state: State
  readonly append: (events: ReadonlyArray<Event>) => Result.Result<void, StoreError>
}

/** A store, not yet open. It is closed with the Scope. */
export interface Store {
  readonly open: (clientId: string) => Effect.Effect<OpenStore, StoreError, Scope.Scope>
}
