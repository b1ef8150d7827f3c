/**
 * What a sensor gives whose owner wrote what reads it, and whose file says what it gives: the two may differ. A board
 * without such a sensor does without this.
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import type { Measurement } from "../message/Measurement.ts"
import type { Wake } from "./Wake.ts"

/** Emits which quantities of the file are missing. True: all are, so there is nothing to publish. */
export const misnamed = (
  wake: Pick<Wake, "emit">,
  { id, quantities = [] }: SensorConfig,
  got: Measurement
): boolean => {
  const values = got as Readonly<Record<string, unknown>>
  const missing: Array<string> = []
  for (const { key } of quantities) if (values[key] === undefined) missing.push(key)
  if (missing.length === 0) return false
  const reason = "it gave no " + missing.join(", ") + ", but " + Object.keys(values).join(", ")
  wake.emit({ _tag: "NotMeasured", sensor: id, reason })
  return missing.length === quantities.length
}
