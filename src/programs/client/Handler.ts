/**
 * A message received, and those who handle it: user's code, whose failures must not harm the Client.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { ApplicationMessage } from "../../domain/packet/ApplicationMessage.ts"

/** `dup`: the Server says that this may be a repetition. The payload must not be changed. */
export interface Received extends ApplicationMessage {
  readonly dup: boolean
}

/** Handles one message. An Effect is waited for before the next message; one that fails is logged and harms nobody. */
export type Handler = (message: Received) => Effect.Effect<unknown, unknown> | undefined | void

const failed = (topic: string, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.logWarning(`a handler failed on a message to ${topic}`, cause)

/** What a handler has to do that takes time, if anything. A defect is logged like a failure. */
export const handle = (handler: Handler, message: Received): Effect.Effect<unknown> | undefined => {
  try {
    const result = handler(message)
    return Effect.isEffect(result) ? Effect.catchCause(result, (cause) => failed(message.topic, cause)) : undefined
  } catch (defect) {
    return failed(message.topic, Cause.die(defect))
  }
}
