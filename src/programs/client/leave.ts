/**
 * The end of a Client that its user wants: DISCONNECT is the last that it sends.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Disconnect from "../../domain/packet/Disconnect.ts"
import * as Core from "./Core.ts"
import type { LinkError } from "./errors.ts"
import type * as Link from "./Link.ts"
import * as Outgoing from "./Outgoing.ts"

/** Both are done once, whichever is called first. */
export interface Leaving {
  readonly disconnect: Effect.Effect<void>
  readonly disconnectWithWill: Effect.Effect<void>
}

/** Done when the network has taken nothing for `millis`. */
const stuck = (outgoing: Outgoing.Outgoing, millis: number): Effect.Effect<void> =>
  Effect.gen(function*() {
    for (let before = -1; before !== outgoing.slices;) {
      before = outgoing.slices
      yield* Effect.sleep(millis)
    }
  })

/** Disconnect with Will Message (MQTT 5, 3.14.2.1). */
const withWill = 0x04

/**
 * Sends DISCONNECT after everything that waits to be written, as long as the network takes it. MQTT 3.1.1 has none that
 * keeps the Will.
 */
const sayGoodBye = (
  core: Core.Core,
  { dialect, outgoing, send }: Link.Link,
  leavesWill: boolean
): Effect.Effect<void> => {
  const said = Effect.callback<void, LinkError>((resume) => {
    if (!leavesWill) send(Disconnect.value)
    else if (dialect.version === 5) send({ _tag: "Disconnect", reasonCode: withWill })
    if (Outgoing.isIdle(outgoing)) resume(Effect.void)
    else Outgoing.onWritten(outgoing, resume)
  })
  return Effect.raceFirst(Effect.ignore(said), stuck(outgoing, core.settings.replyMillis))
}

/** How a Client leaves that this fiber keeps connected. */
export const leave = (core: Core.Core, supervisor: Fiber.Fiber<void>): Effect.Effect<Leaving> =>
  Effect.gen(function*() {
    let leavesWill = false
    const leaving = Effect.gen(function*() {
      // Also before CONNACK: a Server that has accepted the Client meanwhile would publish the Will.
      const link = core.dialled
      Core.end(core, Core.socketError(core, "Closed", "is not connected: the Client has disconnected"))
      if (link !== undefined) yield* sayGoodBye(core, link, leavesWill)
      yield* Fiber.interrupt(supervisor)
    })
    const disconnect = yield* Effect.cached(Effect.uninterruptible(leaving))
    const disconnectWithWill = Effect.suspend(() => {
      leavesWill = true
      return disconnect
    })
    return { disconnect, disconnectWithWill }
  })
