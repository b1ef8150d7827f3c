import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { expect, it } from "vitest"
import * as NodeSleep from "../../../src/adapters/node/Sleep.ts"
import { Sleep } from "../../../src/ports/Sleep.ts"
import { sleepSuite } from "../../ports/SleepSuite.ts"

sleepSuite("node", {
  run: Effect.runPromise,
  wakes: (program, count) => NodeSleep.wakes(program, { count })
})

it("wakes for ever unless a count is given, until it is interrupted", async () => {
  let starts = 0
  const program = Effect.gen(function*() {
    starts++
    const sleep = yield* Sleep
    return yield* sleep.deepSleep(0)
  })
  const enough = Effect.suspend(() => starts < 20 ? Effect.fail("not yet" as const) : Effect.void).pipe(
    Effect.retry({ schedule: Schedule.spaced(1) })
  )
  await Effect.runPromise(Effect.raceFirst(NodeSleep.wakes(program), enough))
  expect(starts).toBeGreaterThanOrEqual(20)
})
