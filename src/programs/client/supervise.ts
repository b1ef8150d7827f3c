/**
 * From one connection to the next, as the reconnect policy allows.
 *
 * Only a connection that has lasted since its CONNACK counts as a success: a Server that accepts the Client, however
 * late, and closes at once must not be tried without end.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Backoff from "../../domain/delivery/Backoff.ts"
import type { ReconnectPolicy } from "../../domain/config/DeviceConfig.ts"
import type { Socket } from "../../ports/Socket.ts"
import * as Connection from "./Connection.ts"
import * as Core from "./Core.ts"
import * as Diagnose from "./diagnose.ts"
import type { LinkError } from "./errors.ts"
import * as Versions from "./versions.ts"

/** Reports what has happened, and waits as long as the policy asks. Returns the state of the next try. */
const waitForNext = (core: Core.Core, policy: ReconnectPolicy, state: Backoff.State, reason: LinkError) =>
  Effect.gen(function*() {
    const [next, delayMillis] = yield* Backoff.next(policy, state, yield* Clock.currentTimeMillis)
    PubSub.publishUnsafe(core.statuses, { _tag: "Reconnecting", reason, delayMillis })
    yield* Effect.logWarning(`${reason._tag}: ${reason.message}; next try in ${delayMillis / 1000} s`)
    yield* Effect.sleep(delayMillis)
    return next
  })

/** How the last connection has ended. */
const ending = (core: Core.Core, reason: LinkError, isAccepted: boolean, now: number): Diagnose.Ending => ({
  reason,
  isAccepted,
  lastedMillis: now - core.acceptedAt,
  silentMillis: now - core.heardAt,
  unanswered: core.unanswered,
  quietTopic: core.quietTopic
})

/**
 * Connects, again and again. Ends with the Client: when the first connection fails, or any connection without a policy.
 */
export const supervise = (core: Core.Core): Effect.Effect<void, never, Socket> =>
  Effect.gen(function*() {
    const policy = core.settings.reconnect
    let state: Backoff.State = { ...Backoff.initial, attemptCount: 1, lastAttemptTime: yield* Clock.currentTimeMillis }
    let history = Diagnose.none
    while (true) {
      const before = core.connections
      const reason = yield* Effect.flip(Connection.run(core))
      const isAccepted = core.connections > before
      if (Versions.isToAskAgain(core.versions, isAccepted, reason) && core.ended === undefined) continue
      // The user's mistake, or the wrong Server: it must be seen, and trying again does not help.
      if (policy === undefined || core.connections === 0) return Core.end(core, reason)
      const now = yield* Clock.currentTimeMillis
      if (isAccepted && now - core.acceptedAt >= Backoff.healthyMillis) state = Backoff.succeeded(state)
      history = Diagnose.next(history, ending(core, reason, isAccepted, now))
      const explained = Diagnose.explain(history, { clientId: core.clientId, keepAlive: core.settings.keepAlive })
      if (explained !== undefined) core.lastFailure = explained
      state = yield* waitForNext(core, policy, state, explained ?? reason)
    }
  }).pipe(Effect.onError(() =>
    Effect.sync(() => Core.end(core, Core.socketError(core, "Unknown", "is lost: the Client was stopped")))
  ))
