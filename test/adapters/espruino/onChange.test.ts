/** A board on the interpreter that publishes only what has changed, and sends an alarm at once. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import type { Configuration } from "../../support/configurations.ts"
import * as Espruino from "../../support/espruino.ts"

const minutes = 60_000

/** The simulated sensor is between 15 and 25 degrees. */
const configuration = (limits: object, mqtt: Readonly<Record<string, unknown>> = {}): Configuration => ({
  name: "what has changed",
  file: { sensors: { simulated: { id: "air", ...limits } }, mqtt }
})

const tagsOf = (lived: BoardLab.Lived) => lived.events.map(({ _tag }) => _tag)

describe.skipIf(Espruino.interpreter === "")("a board that compares readings, on Espruino" + Espruino.hint, () => {
  it("publishes the first, and turns on no radio while nothing has changed",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const lab = yield* BoardLab.make(configuration({ max_silence: 604_800, humidity: { change: 100 } }))
        yield* Effect.promise(() => lab.server("up"))
        for (let wakes = 0; wakes < 4; wakes++) {
          const lived = yield* Effect.promise(() => lab.wake())
          expect(lived.deaths).toEqual([])
          expect(tagsOf(lived).includes("Unchanged")).toBe(wakes > 0)
          expect(tagsOf(lived).includes("Trying")).toBe(wakes === 0)
          expect(lab.messages).toHaveLength(1)
        }
      }))), 2 * minutes)

  it("sends what crosses a threshold in the wake that finds it",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const lab = yield* BoardLab.make(configuration({ temperature: { below: 100 } }, { send_interval: 86_400 }))
        yield* Effect.promise(() => lab.server("up"))
        const tries: Array<boolean> = []
        for (let wakes = 0; wakes < 3; wakes++) {
          const lived = yield* Effect.promise(() => lab.wake())
          expect(lived.deaths).toEqual([])
          tries.push(tagsOf(lived).includes("Delivered"))
        }
        // Below it from the first reading on, and never back.
        expect(tries).toEqual([true, false, false])
        expect(lab.messages).toHaveLength(1)
      }))), 2 * minutes)
})
