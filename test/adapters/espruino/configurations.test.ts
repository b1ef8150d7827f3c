/**
 * Configurations of a board on the interpreter, with Espruino's own modules for its sensors on buses that are played to
 * them: what is measured is right, from a stack that is shallow enough, and what a board can get into by itself it
 * comes back from.
 */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import * as BoardTable from "../../support/boardTable.ts"
import * as BoardTrial from "../../support/boardTrial.ts"
import { configurations } from "../../support/configurations.ts"
import * as Espruino from "../../support/espruino.ts"
import { withinLimits, overLimits } from "../../support/largeUpdates.ts"
import * as PlayedSensors from "../../support/playedSensors.ts"

const named = (name: string) =>
  configurations.find((each) => each.name === name) ?? expect.fail("no configuration " + name)

const minutes = 60_000

/**
 * The share by which a figure may differ from the committed one: what came in with which packet differs from run to
 * run.
 */
const margin = 0.08

describe.skipIf(Espruino.interpreter === "" || PlayedSensors.hint !== "")(
  "a board's configuration on Espruino" + Espruino.hint + PlayedSensors.hint,
  () => {
    it.each([
      "a DHT22, all else by default",
      "a BME280",
      "a DHT22 first, simulated last",
      "simulated first, a DHT22 last",
      "a BME280 first, simulated last",
      "simulated first, a BME280 last",
      "a BME280, then a DHT22"
    ])("%s: measures what is there, and delivers it, within the C stack of a board",
      (name) =>
        Effect.runPromise(Effect.scoped(Effect.gen(function*() {
          const lab = yield* BoardLab.make(named(name))
          yield* Effect.promise(() => lab.server("up"))
          for (let wakes = 1; wakes <= 2; wakes++) {
            const { deaths, events, report } = yield* Effect.promise(() => lab.wake())
            expect(deaths).toEqual([])
            for (const event of events) {
              if (event._tag !== "Measured" || event.sensor === "air") continue
              const { humidity, temperature } = event.sensor === "attic" ? PlayedSensors.bme280 : PlayedSensors.dht22
              expect(event.temperature).toBeCloseTo(temperature, 1)
              // The module calculates in whole numbers.
              expect(Math.abs((event.humidity ?? NaN) - humidity)).toBeLessThan(0.5)
            }
            const measured = events.filter(({ _tag }) => _tag === "Measured")
            expect(measured).toHaveLength(lab.config.sensors.length)
            expect(lab.messages).toHaveLength(wakes * measured.length)
            expect(report?.stack.needed).toBeLessThanOrEqual(14_700)
          }
        }))), 2 * minutes)

    it.each(["one simulated sensor", "everything at once"])(
      "%s: takes or refuses updates that hold much, and never dies of one",
      (configuration) =>
        Effect.runPromise(Effect.scoped(Effect.gen(function*() {
          const lab = yield* BoardLab.make(named(configuration))
          yield* Effect.promise(() => lab.server("up"))
          let version = 2
          for (const { name, update } of [...withinLimits, ...overLimits]) {
            yield* Effect.promise(() => lab.retain({ ...update, version: version++ }))
            // Sensors of several intervals: there are wakes in which none is due, and those do not connect.
            let hasConnected = false
            while (!hasConnected) {
              const { deaths, events } = yield* Effect.promise(() => lab.wake())
              expect([name, deaths]).toEqual([name, []])
              hasConnected = events.some(({ _tag }) => _tag === "Trying")
              if (hasConnected) {
                expect([name, events.some(({ _tag }) => _tag.startsWith("Config"))]).toEqual([name, true])
              }
            }
          }
        }))),
      5 * minutes
    )

    it.each(["a DHT22, all else by default", "always on"])("%s: costs what the table says, and comes back",
      async (name) => {
        const found = await Effect.runPromise(BoardTrial.run(named(name)))
        expect(BoardTable.faults(found)).toEqual([])
        const kept = BoardTable.keptFigures().find((each) => each.name === name)
        for (const key of ["bytes", "first", "second", "update", "inVain", "full", "stack"] as const) {
          const isSame = found[key] === kept?.[key] ||
            Math.abs((found[key] ?? NaN) / (kept?.[key] ?? NaN) - 1) <= margin
          expect([key, isSame], `${key}: ${found[key]}, and ${kept?.[key]} in the table`).toEqual([key, true])
        }
      }, 10 * minutes)
  }
)
