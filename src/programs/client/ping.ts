/**
 * PINGREQ on request.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import * as Core from "./Core.ts"
import type { LinkError } from "./errors.ts"

/** A Server that does not answer at all is also found dead by Keep Alive, which ends the connection. */
export const ping = (core: Core.Core): Effect.Effect<void, LinkError> =>
  Effect.gen(function*() {
    const { replyMillis } = core.settings
    const now = yield* Clock.currentTimeMillis
    const link = yield* Core.connectedNow(core)
    const answered = Effect.callback<void, LinkError>((resume) => {
      link.keepAlive = KeepAlive.pinged(link.keepAlive, now)
      link.pings.push(resume)
      link.send(Pingreq.value)
    })
    yield* Effect.timeoutOrElse(answered, {
      duration: replyMillis,
      orElse: () =>
        Effect.fail(Core.socketError(core, "TimedOut", `has not answered PINGREQ for ${replyMillis / 1000} s`))
    })
  })
