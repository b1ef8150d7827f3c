/** A Server that has not done something for so many seconds. Rare, so a board keeps it in a file of its own. */
import * as Effect from "effect/Effect"
import { type Endpoint, SocketError } from "../../ports/Socket.ts"
import type { Memory } from "./Memory.ts"

export const timedOut = (to: Endpoint, what: string, seconds: number): Effect.Effect<never, SocketError> =>
  Effect.fail(new SocketError({ reason: "TimedOut", message: to.host + ":" + to.port + " " + what + " " + seconds + " s" }))

/** It owes an answer. */
export const unanswered = ({ memory, to }: { readonly memory: Memory; readonly to: Endpoint }): Effect.Effect<never, SocketError> =>
  timedOut(to, "has not answered for", memory.config.mqtt.timeout)
