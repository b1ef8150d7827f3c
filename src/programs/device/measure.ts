/**
 * Reads every sensor whose turn it is, one after the other. One that fails is reported and skipped: it does not keep
 * the others from counting.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Measuring from "../../domain/wake/Measuring.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Sensor } from "../../ports/Sensor.ts"
import { answering } from "./answering.ts"
import { makeRoom, spill } from "./backlog.ts"
import { now, type Ports } from "./ports.ts"
import { remember } from "./storage.ts"

export const measure = (ports: Ports, wake: Wake): Effect.Effect<void> =>
  Effect.gen(function*() {
    // What is measured now and has no place yet must not come into the snapshot: it would overtake the journal.
    if (wake.isUnsaved) remember(ports, wake)
    for (const sensor of wake.config.sensors) {
      const begun = now(ports)
      if (Measuring.isDue(wake, sensor, begun)) {
        const read = yield* Effect.result(answering(Context.get(ports, Sensor).read(sensor), sensor))
        if (Result.isSuccess(read)) Measuring.measured(wake, sensor, read.success, begun)
        else wake.emit({ _tag: "NotMeasured", sensor: sensor.id, reason: read.failure.message })
      }
    }
    if (!Measuring.isFull(wake)) return
    for (let upTo = spill(ports, wake); upTo > 0; upTo = spill(ports, wake)) {
      makeRoom(ports, wake, upTo)
      remember(ports, wake)
    }
  })
