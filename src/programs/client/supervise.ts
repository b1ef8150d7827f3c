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
import { type Socket, SocketError } from "../../ports/Socket.ts"
import * as Connection from "./Connection.ts"
import * as Core from "./Core.ts"
import { isByServer, type LinkError } from "./errors.ts"

/** Reports what has happened, and waits as long as the policy asks. Returns the state of the next try. */
const waitForNext = (core: Core.Core, policy: ReconnectPolicy, state: Backoff.State, reason: LinkError) =>
  Effect.gen(function*() {
    const [next, delayMillis] = yield* Backoff.next(policy, state, yield* Clock.currentTimeMillis)
    PubSub.publishUnsafe(core.statuses, { _tag: "Reconnecting", reason, delayMillis })
    yield* Effect.logWarning(`${reason._tag}: ${reason.message}; next try in ${delayMillis / 1000} s`)
    yield* Effect.sleep(delayMillis)
    return next
  })

/**
 * The likely cause if the Server accepts connections and closes them again at once: two Clients with one Client
 * Identifier disconnect each other (MQTT-3.1.4-2).
 */
const explained = (core: Core.Core, reason: LinkError, times: number): LinkError => {
  if (times < 2 || reason._tag !== "SocketError") return reason
  const message =
    `${reason.message}; it accepted ${times} connections in a row and closed each at once: is another Client connected `
    + `with the Client Identifier ${core.settings.clientId}, or does the Server forbid what this Client sends first?`
  core.lastFailure = new SocketError({ reason: reason.reason, message })
  return core.lastFailure
}

/** The Server does not speak MQTT 5: it says so, in its way, or closes the connection without a word. */
const unsupportedProtocolVersion = 0x84

/** Goes on with MQTT 3.1.1, if the Server does not speak MQTT 5 and the user wants either. */
const fallBack = (core: Core.Core, reason: LinkError): boolean => {
  const isVersion = reason._tag === "ConnectionRefused" ? reason.returnCode === unsupportedProtocolVersion
    : reason._tag === "MalformedPacket" || (reason._tag === "SocketError" && reason.reason === "Closed")
  if (core.fallback === undefined || core.ended !== undefined || !isVersion) return false
  core.open = core.fallback
  core.fallback = undefined
  return true
}

/**
 * Connects, again and again. Ends with the Client: when the first connection fails, or any connection without a policy.
 */
export const supervise = (core: Core.Core): Effect.Effect<void, never, Socket> =>
  Effect.gen(function*() {
    const policy = core.settings.reconnect
    let state: Backoff.State = { ...Backoff.initial, attemptCount: 1, lastAttemptTime: yield* Clock.currentTimeMillis }
    let closedAtOnce = 0
    while (true) {
      const before = core.connections
      const reason = yield* Effect.flip(Connection.run(core))
      if (core.connections === 0 && fallBack(core, reason)) continue
      // The user's mistake, or the wrong Server: it must be seen, and trying again does not help.
      if (policy === undefined || core.connections === 0) return Core.end(core, reason)
      const lasted = (yield* Clock.currentTimeMillis) - core.acceptedAt
      const isAccepted = core.connections > before
      if (isAccepted && lasted >= Backoff.healthyMillis) state = Backoff.succeeded(state)
      const isClosed = isAccepted && lasted < Backoff.healthyMillis && isByServer(reason)
      closedAtOnce = isClosed ? closedAtOnce + 1 : 0
      state = yield* waitForNext(core, policy, state, explained(core, reason, closedAtOnce))
    }
  }).pipe(Effect.onError(() =>
    Effect.sync(() => Core.end(core, Core.socketError(core, "Unknown", "is lost: the Client was stopped")))
  ))
