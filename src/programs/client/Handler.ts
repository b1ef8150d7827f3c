/**
 * A received message, and those who handle it: the user's code, whose failures must not harm the Client.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { ApplicationMessage } from "../../domain/packet/ApplicationMessage.ts"
import type * as PropertyTable from "../../domain/packet/v5/PropertyTable.ts"

/** `dup`: the Server says that this may be a repetition. The payload must not be changed. */
export interface Received extends ApplicationMessage {
  readonly dup: boolean
  /** With MQTT 5: what the message says besides its payload (3.3.2.3). */
  readonly properties?: PropertyTable.Properties<"PUBLISH"> | undefined
}

/**
 * Handles one message. The Client waits for an Effect before it hands on the next message; a failure is logged and
 * harms nobody.
 */
export type Handler = (message: Received) => Effect.Effect<unknown, unknown> | undefined | void

const failed = (topic: string, cause: Cause.Cause<unknown>): Effect.Effect<void> =>
  Effect.logWarning(`a handler failed on a message to ${topic}`, cause)

/** The part of a handler that takes time, if there is any. A defect is logged like a failure. */
export const handle = (handler: Handler, message: Received): Effect.Effect<unknown> | undefined => {
  try {
    const result = handler(message)
    return Effect.isEffect(result) ? Effect.catchCause(result, (cause) => failed(message.topic, cause)) : undefined
  } catch (defect) {
    return failed(message.topic, Cause.die(defect))
  }
}
