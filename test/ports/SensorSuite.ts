/** What every adapter of the Sensor port must keep to. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import type { SensorConfig } from "../../src/domain/config/DeviceConfig.ts"
import { Sensor } from "../../src/ports/Sensor.ts"

export interface SensorHarness {
  /** Runs a test to its end, with the Sensor to be tested; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Sensor>) => Promise<A>
  /** A sensor that answers. */
  readonly sensor: SensorConfig
  /** A sensor that does not, where the adapter can have one. */
  readonly broken?: SensorConfig
}

const read = (sensor: SensorConfig) => Effect.flatMap(Sensor, (port) => port.read(sensor))

export const sensorSuite = (name: string, harness: SensorHarness): void => {
  const { broken, run, sensor } = harness

  describe(`Sensor on ${name}`, () => {
    it("gives degrees Celsius and percent such as there are on Earth, or leaves them out", () =>
      run(Effect.gen(function*() {
        for (let i = 0; i < 20; i++) {
          const { humidity, temperature } = yield* read(sensor)
          expect(temperature !== undefined || humidity !== undefined).toBe(true)
          if (temperature !== undefined) expect(Math.abs(temperature)).toBeLessThanOrEqual(90)
          if (humidity !== undefined) {
            expect(humidity).toBeGreaterThanOrEqual(0)
            expect(humidity).toBeLessThanOrEqual(100)
          }
        }
      })))

    it("takes at most a few seconds", () => run(Effect.timeout(read(sensor), 5_000)))

    it("may be read again after it was interrupted", () =>
      run(Effect.gen(function*() {
        yield* Effect.raceFirst(read(sensor), Effect.void)
        yield* read(sensor)
      })))

    it.skipIf(broken === undefined)("fails with SensorError and the sensor's id when it does not answer",
      () =>
        run(Effect.gen(function*() {
          const error = yield* Effect.flip(read(broken as SensorConfig))
          expect(error).toMatchObject({ _tag: "SensorError", sensor: broken?.id })
          expect(error.message).not.toBe("")
        })))
  })
}
