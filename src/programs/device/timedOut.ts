/** A Server that has not done something in time. */
import * as Effect from "effect/Effect"
import { type Endpoint, SocketError } from "../../ports/Socket.ts"

export const timedOut = (to: Endpoint, what: string): Effect.Effect<never, SocketError> =>
  Effect.fail(new SocketError({ reason: "TimedOut", message: to.host + ":" + to.port + " " + what }))
