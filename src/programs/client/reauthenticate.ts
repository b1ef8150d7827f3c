/**
 * Re-authentication (MQTT 5, 4.12.1): the Client proves again who it is, while its connection goes on.
 */
import * as Effect from "effect/Effect"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Core from "./Core.ts"
import type { LinkError } from "./errors.ts"

/** Done when the Server is content. If it is not, it ends the connection, and this fails with its reason. */
export const reauthenticate = (
  core: Core.Core,
  data: Bytes | undefined
): Effect.Effect<void, InvalidPacket | LinkError> =>
  Effect.flatMap(Core.connectedNow(core), (link) => {
    const authenticated = Effect.callback<void, InvalidPacket | LinkError>((resume) => {
      // One at a time: who asks meanwhile gets the same answer.
      if (link.authenticating.length === 0) {
        const auth = link.dialect.authenticate(data)
        const fault = auth instanceof Error ? auth : link.send(auth)
        if (fault !== undefined) return resume(Effect.fail(fault))
      }
      link.authenticating.push(resume)
    })
    const { replyMillis } = core.settings
    return Effect.timeoutOrElse(authenticated, {
      duration: replyMillis,
      orElse: () => Effect.fail(Core.socketError(core, "TimedOut", `has not answered AUTH for ${replyMillis / 1000} s`))
    })
  })
