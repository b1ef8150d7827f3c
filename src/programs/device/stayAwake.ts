/**
 * A device that would sleep stays awake because a command says so: it lives as one that is always on, until that is over.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import { longest } from "../../domain/message/Command.ts"
import { isStaying } from "../../domain/wake/commands.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Sleep } from "../../ports/Sleep.ts"
import { alwaysOn } from "./alwaysOn.ts"
import { now, type Ports } from "./ports.ts"

/** However it is prolonged, it ends: the battery would suffer. */
const longestMillis = longest * 1000

export const stayAwake = (ports: Ports, wake: Wake): Effect.Effect<void> =>
  Effect.suspend(() => {
    const at = now(ports)
    if (!wake.config.deepSleep || wake.isRestarting || !isStaying(wake, at)) return Effect.void
    wake.emit({ _tag: "Staying", millis: (wake.stay?.until ?? at) - at })
    Context.get(ports, Sleep).stayAwake?.(longestMillis)
    return Effect.timeoutOrElse(alwaysOn(ports, wake), {
      duration: longestMillis,
      orElse: () => Effect.sync(() => wake.emit({ _tag: "Failed", reason: "it stayed awake longer than a day" }))
    })
  })
