/**
 * Drives the sensors whose code a bundle makes from their rows or from the device's file. A board that has none does
 * without this.
 */
import * as Effect from "effect/Effect"
import type { SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import { isValue, type Measurement } from "../../../domain/message/Measurement.ts"
import { SensorError } from "../../../ports/Sensor.ts"
import { reads } from "./configured.ts"

/** A sensor that takes longer than this is broken. */
const deadlineMillis = 5_000

/** Whether the program has code of its own for a sensor. */
export const hasOwn = ({ key, type }: SensorConfig): boolean => reads(key ?? type) !== undefined

/** Every number that was measured; undefined: there is none. */
const numbersOf = (got: Readonly<Record<string, unknown>>): Measurement | undefined => {
  const found: Record<string, number> = {}
  let isAny = false
  for (const key of Object.keys(got)) {
    const value = got[key]
    if (typeof value === "number" && isValue(value)) {
      found[key] = value
      isAny = true
    }
  }
  return isAny ? found : undefined
}

const withAdvice = (message: string): string =>
  message.lastIndexOf("Module") < 0 ? message : message + "; put espruino.com/modules/ of that name into Storage"

/** Resumes once, as `drive` does, and for the same reasons in a turn of the loop of its own. */
export const driveOwn = (
  { id, key, pin, type }: SensorConfig,
  resume: (measured: Effect.Effect<Measurement, SensorError>) => void
): void => {
  const settle = (measured: Effect.Effect<Measurement, SensorError>) => {
    clearTimeout(deadline)
    setTimeout(resume, 0, measured)
  }
  const fail = (message: string) => settle(Effect.fail(new SensorError({ sensor: id, message })))
  const deadline = setTimeout(fail, deadlineMillis, "it did not answer within 5 s; check its wiring")
  const guarded = (attempt: () => void) => {
    try {
      attempt()
    } catch (thrown) {
      // Some modules throw texts.
      fail(withAdvice((thrown as Partial<Error>).message ?? String(thrown)))
    }
  }
  setTimeout(guarded, 0, () =>
    reads(key ?? type)?.(pin, (got) => {
      const found = got === undefined || got === null ? undefined : numbersOf(got as Readonly<Record<string, unknown>>)
      if (found !== undefined) settle(Effect.succeed(found))
      else fail(got ? "it measured no number; check its wiring" : "no answer; check its wiring and pin")
    }, guarded))
}
