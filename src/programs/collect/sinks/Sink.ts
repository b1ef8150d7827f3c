/** Where rows go. */
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"
import type { KnownMoment } from "../../../domain/collect/Dating.ts"
import type { Entry } from "./Entry.ts"

/** `message` says what could not be written, and why. */
export class SinkError extends Data.TaggedError("SinkError")<{ readonly message: string }> {}

/** Readings of one commit. */
export interface Counts {
  readonly stored: number
  readonly repeated: number
}

export interface Sink {
  /** For the user: "readings.db". */
  readonly name: string
  /**
   * The `earliest` of the last row, or when the Session began, in milliseconds; undefined: nobody remembers.
   */
  readonly from: number | undefined
  /** The Server has begun a new Session, at `now`. */
  readonly begin: (now: number) => Effect.Effect<void, SinkError>
  readonly moments: ReadonlyArray<KnownMoment>
  /**
   * Puts all of it where it outlives this process, or fails and puts nothing there. A reading that is there already is
   * left out.
   */
  readonly commit: (entries: ReadonlyArray<Entry>) => Effect.Effect<Counts, SinkError>
}
