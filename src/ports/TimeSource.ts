/**
 * A server that knows the time, and the clock that it may set.
 *
 * A caller may rely on this:
 * - `ask` asks once and waits for the answer, may be interrupted, and leaves nothing open. It gives by how many
 *   milliseconds the clock is behind, wrong by at most half the time that it took; or it fails, and has changed nothing.
 *   It needs a network.
 * - `adjust` sets the clock ahead by so many milliseconds (back, if less than 0), at once. What waits for a time to pass
 *   does not jump with it. Undefined: the clock is not ours to set.
 * - A board asks the system's resolver for the server's address, which blocks it: no time-out reaches that.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import type * as Effect from "effect/Effect"

/** Where a server answers by SNTP: its name or address, and its UDP port (1 to 65,535). */
export interface TimeServer {
  readonly host: string
  readonly port: number
}

/** What happened, for programs; `message` of TimeError says it for people. */
export type TimeErrorReason =
  /** The request could not be sent: the name does not resolve, or there is no way there. */
  | "Unreachable"
  | "TimedOut"
  /** The answer says no time, or is none to what was asked. */
  | "BadAnswer"

/** There is no time to be had. `message` names the server (host:port) and what happened. */
export class TimeError extends Data.TaggedError("TimeError")<{
  readonly reason: TimeErrorReason
  readonly message: string
}> {}

/** Knows the time. `ask` fails with TimeError. */
export class TimeSource extends Context.Service<TimeSource, {
  readonly ask: (server: TimeServer) => Effect.Effect<number, TimeError>
  readonly adjust: ((millis: number) => void) | undefined
}>()("dormouse/ports/TimeSource") {}
