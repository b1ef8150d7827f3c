/** A board on the interpreter that measures its battery. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import * as Espruino from "../../support/espruino.ts"

const configuration = {
  name: "battery",
  file: {
    sensors: { simulated: { id: "air" } },
    battery: { pin: 35, low: 20, low_send_interval: 1_800 },
    mqtt: { publish_status: true }
  }
}

/** The converter of this board: the battery loses 0.17 V with each wake, because the clock shows how late it is. */
const played = {
  script: "function analogRead(pin){if(pin!==35)throw new Error('pin '+pin);"
    + "return (3.98-0.17*Math.floor((Date.now()-1700000000000)/600000))/2/3.3}",
  modules: []
}

describe.skipIf(Espruino.interpreter === "")("a board with a battery, on Espruino" + Espruino.hint, () => {
  it("measures it before its radio is on, sends more seldom once it is low, and says so",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const lab = yield* BoardLab.make(configuration, {}, played)
        const wake = () => Effect.promise(() => lab.wake())
        const status = () => {
          const [, payload] = lab.messages.findLast(([topic]) => topic.endsWith("/status")) ?? expect.fail("no status")
          return JSON.parse(payload) as Readonly<Record<string, unknown>>
        }
        yield* Effect.promise(() => lab.server("up"))
        const percents: Array<number> = []
        const sent: Array<boolean> = []
        let stack = 0
        let peak = 0
        for (let wakes = 0; wakes < 5; wakes++) {
          const { deaths, events, report } = yield* wake()
          expect(deaths).toEqual([])
          const [, second] = events
          if (second?._tag !== "Battery") expect.fail("it measured no battery first")
          else percents.push(second.percent)
          sent.push(events.some(({ _tag }) => _tag === "Delivered"))
          stack = Math.max(stack, report?.stack.needed ?? 0)
          peak = Math.max(peak, report?.jsvars.peak ?? 0)
        }
        expect(percents).toEqual([75, 43, 7, 3, 0])
        // It becomes low in the third wake, and says so.
        expect(sent).toEqual([true, true, true, false, false])
        expect(status()).toMatchObject({ battery: 7, battery_low: true, next_connection: 1_800 })
        expect(stack).toBeLessThanOrEqual(14_700)
        expect(peak).toBeLessThanOrEqual(2_300)
      }))), 240_000)
})
