/** Measures the battery, where the configuration names one: before the radio is on, which would lower its voltage. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Battery from "../../domain/wake/Battery.ts"
import type { Wake } from "../../domain/wake/Wake.ts"
import { Sensor } from "../../ports/Sensor.ts"
import type { Ports } from "./ports.ts"

/** One that cannot be measured is reported, and keeps nothing else from being done. */
export const measureBattery = (ports: Ports, wake: Wake): Effect.Effect<void> => {
  const { battery } = wake.config
  if (battery === undefined) return Effect.void
  return Effect.map(Effect.result(Context.get(ports, Sensor).volts(battery)), (read) => {
    if (Result.isSuccess(read)) Battery.measured(wake, battery, read.success)
    else wake.emit({ _tag: "NotMeasured", sensor: Battery.name, reason: read.failure.message })
  })
}
