/**
 * What every host of the Sleep port must keep to. It is handed `wakes`, which runs a program for so many wakes, and
 * `run`, which runs an effect to its end, moving the clock along when time is virtual.
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { describe, expect, it } from "vitest"
import { Sleep } from "../../src/ports/Sleep.ts"

export interface SleepHarness {
  readonly run: <A, E>(effect: Effect.Effect<A, E>) => Promise<A>
  readonly wakes: (program: Effect.Effect<never, never, Sleep>, count: number) => Effect.Effect<void>
}

const deepSleep = (millis: number) => Effect.flatMap(Sleep, (sleep) => sleep.deepSleep(millis))

export const sleepSuite = (name: string, harness: SleepHarness): void => {
  const { run, wakes } = harness

  describe(`Sleep on ${name}`, () => {
    it("starts the program afresh after every deep sleep", async () => {
      const starts: Array<string> = []
      const program = Effect.gen(function*() {
        let ram = "fresh"
        starts.push(ram)
        ram = "used"
        return yield* deepSleep(1)
      })
      await run(wakes(program, 3))
      expect(starts).toEqual(["fresh", "fresh", "fresh"])
    })

    it("never returns from deepSleep", async () => {
      let returned = false
      const program = Effect.andThen(deepSleep(0), Effect.sync((): never => {
        returned = true
        throw new Error("deepSleep returned")
      }))
      await run(wakes(program, 2))
      expect(returned).toBe(false)
    })

    it("lets about the time asked pass before the next start", async () => {
      const starts: Array<number> = []
      const program = Effect.gen(function*() {
        starts.push(yield* Clock.currentTimeMillis)
        return yield* deepSleep(20)
      })
      await run(wakes(program, 3))
      expect(starts).toHaveLength(3)
      // A system timer may come a millisecond early; nothing is said about late.
      for (let i = 1; i < starts.length; i++) expect(starts[i]! - starts[i - 1]!).toBeGreaterThanOrEqual(19)
    })

    it("takes a sleep that is asked for by a fiber of the program, and stops all the others", async () => {
      const log: Array<string> = []
      const program = Effect.gen(function*() {
        yield* Effect.forkChild(Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("worker stopped"))))
        yield* Effect.forkChild(deepSleep(1))
        return yield* Effect.onInterrupt(Effect.never, () => Effect.sync(() => log.push("main stopped")))
      })
      await run(wakes(program, 1))
      expect(log.sort()).toEqual(["main stopped", "worker stopped"])
    })

    it("ends with the last wake's request, without sleeping it", async () => {
      // Longer than any test may take when the time is real.
      await run(wakes(deepSleep(86_400_000), 1))
    })

    it("fails with the program's own defect rather than waiting for ever", async () => {
      const exit = await run(Effect.exit(wakes(Effect.die(new Error("broken")), 2)))
      expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("broken")
    })

    it("fails when the program ends without asking for deep sleep", async () => {
      const program = Effect.void as Effect.Effect<never>
      const exit = await run(Effect.exit(wakes(program, 2)))
      expect(Exit.isFailure(exit) && String(Cause.squash(exit.cause))).toContain("without asking for deep sleep")
    })

    it("stops the program when it is interrupted itself", async () => {
      let stopped = false
      const program = Effect.onInterrupt(Effect.never, () =>
        Effect.sync(() => {
          stopped = true
        }))
      await run(Effect.timeoutOption(wakes(program, 1), 5))
      expect(stopped).toBe(true)
    })
  })
}
