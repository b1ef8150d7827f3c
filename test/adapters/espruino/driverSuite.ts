/**
 * Drivers on the interpreter, with Espruino's own modules and buses that are played to them: what is measured is right,
 * it is delivered, and the C stack of a board is enough.
 */
import * as Effect from "effect/Effect"
import { expect, it } from "vitest"
import { rowOf } from "../../../src/domain/config/drivers.ts"
import * as BoardLab from "../../support/boardLab.ts"
import * as PlayedBuses from "../../support/playedBuses.ts"

export const minute = 60_000

/** One wake of a board with these sensors. `own`: modules by their names. */
export const wake = (
  sensors: object,
  script: string,
  modules: ReadonlyArray<string>,
  mqtt: object = {},
  own: Readonly<Record<string, string>> = {}
) =>
  Effect.gen(function*() {
    const played = { script, modules, own }
    const lab = yield* BoardLab.make({ name: "sensors", file: { sensors, mqtt: { ...mqtt } } }, {}, played)
    yield* Effect.promise(() => lab.server("up"))
    const lived = yield* Effect.promise(() => lab.wake())
    return { lab, lived }
  })

export const measured = (events: ReadonlyArray<object>): ReadonlyArray<Readonly<Record<string, unknown>>> =>
  events.filter((event) => "_tag" in event && (event._tag === "Measured" || event._tag === "NotMeasured")) as never

/** A test for each of these drivers. */
export const testEach = (some: ReadonlyArray<string>): void => {
  for (const name of some) {
    const lack = PlayedBuses.lackOf(name)
    it.skipIf(lack !== undefined)(
      `${name}: measures what is on its bus${lack === undefined ? "" : ` (skipped: ${lack})`}`,
      () =>
        Effect.runPromise(Effect.scoped(Effect.gen(function*() {
          const { expected, file, script, tolerance = 0.006 } = (PlayedBuses.played[name] as () => PlayedBuses.Played)()
          const module = rowOf(name)?.module
          const { lab, lived } = yield* wake({ [name]: { id: "one", ...file } }, script,
            module === undefined ? [] : [module])
          expect(lived.deaths).toEqual([])
          const [first = {}] = measured(lived.events)
          expect(first["reason"]).toBeUndefined()
          const [topic, payload] = lab.messages[0] ?? ["", "{}"]
          expect(topic).toBe("/homecontrol/greenhouse/data/one/data")
          const document = JSON.parse(payload) as Readonly<Record<string, unknown>>
          const gives = lab.config.sensors[0]?.quantities?.map(({ key }) => key) ?? ["temperature", "humidity"]
          expect(Object.keys(document)).toEqual([...gives, "uptime",
            ...(gives.includes("temperature") ? ["unit"] : [])])
          for (const [key, value] of Object.entries(expected)) {
            const calibrated = name === "dht22" && key === "temperature" ? value + 0.5 : value
            expect([key, Math.abs(Number(document[key]) - calibrated) <= tolerance],
              `${key}: ${String(document[key])}, and ${calibrated}`)
              .toEqual([key, true])
          }
          expect(lived.report?.stack.needed).toBeLessThanOrEqual(14_700)
        }))),
      2 * minute
    )
  }
}
