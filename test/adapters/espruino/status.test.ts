/** A board on the interpreter that publishes its status. */
import * as Effect from "effect/Effect"
import { describe, expect, it } from "vitest"
import * as BoardLab from "../../support/boardLab.ts"
import * as Espruino from "../../support/espruino.ts"

const configuration = {
  name: "status",
  file: { sensors: { simulated: { id: "air" } }, mqtt: { publish_status: true } }
}

describe.skipIf(Espruino.interpreter === "")("a board with a status, on Espruino" + Espruino.hint, () => {
  it("publishes it behind its reading, and a failure that came before it once",
    () =>
      Effect.runPromise(Effect.scoped(Effect.gen(function*() {
        const lab = yield* BoardLab.make(configuration)
        const wake = () => Effect.promise(() => lab.wake())
        const last = () => lab.messages.at(-1) ?? expect.fail("nothing was published")
        const status = () => JSON.parse(last()[1]) as Readonly<Record<string, unknown>>
        yield* Effect.promise(() => lab.server("away"))
        expect((yield* wake()).deaths).toEqual([])
        yield* Effect.promise(() => lab.server("up"))
        for (let wakes = 0; wakes < 20 && lab.messages.length === 0; wakes++) expect((yield* wake()).deaths).toEqual([])
        expect(last()[0]).toMatch(/\/status$/)
        expect(status()).toMatchObject({ pending: 0, evicted: 0, tries: 4, last_error: expect.stringMatching(/./) })
        const { deaths, report } = yield* wake()
        expect(deaths).toEqual([])
        expect(status()).toMatchObject({ pending: 0, tries: 1, last_error: null, woken_by: "timer" })
        expect(report?.stack.needed).toBeLessThanOrEqual(14_700)
      }))), 240_000)
})
