import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as TestClock from "effect/testing/TestClock"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import { isWhole } from "../../support/runs.ts"

/** Writes down what happens, and when. */
type Log = (what: string) => Effect.Effect<void>

type Program = (log: Log) => Effect.Effect<unknown, unknown>

const recorded = (program: Program) =>
  Effect.gen(function*() {
    const lines: Array<string> = []
    const log: Log = (what) => Effect.map(Clock.currentTimeMillis, (now) => void lines.push(now + " " + what))
    const exit = yield* Effect.exit(program(log))
    lines.push(
      Exit.isSuccess(exit) ? "gives " + JSON.stringify(exit.value)
        : "fails with " + Cause.pretty(exit.cause).split("\n")[0]
    )
    return lines
  })

const virtually = (program: Program) => Effect.runPromise(VirtualTime.run(recorded(program)))

/** `adjust` ends sleeps one after the other, in one great step. */
const underTestClock = (program: Program) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(recorded(program))
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust(100_000)
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

const worker = (log: Log, name: string, ...pauses: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    for (const pause of pauses) {
      yield* Effect.sleep(pause)
      yield* log(name)
    }
    return name
  }).pipe(Effect.onInterrupt(() => log(name + " interrupted")))

const programs: Readonly<Record<string, Program>> = {
  "sleeps one after the other": (log) => worker(log, "a", 5, 1, 3_600_000, 0, 2),
  "fibers that sleep side by side": (log) =>
    Effect.all([worker(log, "a", 3, 3, 3), worker(log, "b", 2, 2, 2), worker(log, "c", 1, 7, 1)], {
      concurrency: "unbounded"
    }),
  "sleeps that end at the same time": (log) =>
    Effect.all([worker(log, "a", 6), worker(log, "b", 3, 3), worker(log, "c", 2, 2, 2), worker(log, "d", 6)], {
      concurrency: "unbounded"
    }),
  "a race": (log) => Effect.raceFirst(worker(log, "slow", 10, 10), worker(log, "fast", 5, 7)),
  "a race of equals": (log) => Effect.raceFirst(worker(log, "left", 10), worker(log, "right", 10)),
  "a time-out that comes first": (log) => Effect.timeoutOption(worker(log, "work", 10, 10), 15),
  "a time-out that comes last": (log) => Effect.timeoutOption(worker(log, "work", 10), 15),
  "a time-out that fails": (log) => Effect.timeout(worker(log, "work", 20), 15),
  "an interruption": (log) =>
    Effect.gen(function*() {
      const fiber = yield* Effect.forkChild(worker(log, "work", 10, 10))
      yield* Effect.sleep(15)
      yield* Fiber.interrupt(fiber)
      yield* log("interrupted")
    }),
  "a finalizer that takes its time": (log) =>
    Effect.timeoutOption(Effect.ensuring(worker(log, "work", 100), Effect.andThen(Effect.sleep(50), log("released"))),
      10),
  "an interrupted sleep that moves no time": (log) =>
    Effect.gen(function*() {
      yield* Effect.raceFirst(Effect.sleep(1_000_000), Effect.sleep(1))
      yield* log("raced")
    }),
  "a queue between two fibers": (log) =>
    Effect.gen(function*() {
      const queue = yield* Queue.unbounded<number>()
      yield* Effect.forkChild(Effect.forEach([1, 2, 3], (n) => Effect.andThen(Effect.sleep(10), Queue.offer(queue, n))))
      for (let i = 0; i < 3; i++) yield* log("took " + (yield* Queue.take(queue)))
    }),
  "a retry with growing waits": (log) =>
    Effect.retry(Effect.andThen(log("try"), Effect.fail("no")), { schedule: Schedule.exponential(100), times: 4 }),
  "a repetition": (log) => Effect.repeat(log("tick"), { schedule: Schedule.spaced(1_000), times: 3 }),
  "a failure": (log) => Effect.andThen(worker(log, "a", 1), Effect.fail("no")),
  "a defect": (log) => Effect.andThen(worker(log, "a", 1), Effect.die(new Error("broken")))
}

describe("virtual time against TestClock", () => {
  for (const [name, program] of Object.entries(programs)) {
    it(`gives the same life: ${name}`, async () => {
      const lines = await virtually(program)
      expect(lines.length).toBeGreaterThan(1)
      expect(lines).toEqual(await underTestClock(program))
    })
  }

  it("gives the same life to any fibers that sleep, race, time out and meet at the same times", () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
    const tree = fc.letrec<{ node: Program }>((tie) => ({
      node: fc.oneof(
        { maxDepth: 3, withCrossShrink: true },
        pauses.map((given): Program => (log) => worker(log, "w" + given.join(), ...given)),
        fc.tuple(tie("node"), tie("node")).map(([a, b]): Program => (log) =>
          Effect.all([a(log), b(log)], { concurrency: "unbounded" })
        ),
        fc.tuple(tie("node"), tie("node")).map(([a, b]): Program => (log) => Effect.raceFirst(a(log), b(log))),
        fc.tuple(tie("node"), tie("node")).map(([a, b]): Program => (log) => Effect.andThen(a(log), b(log))),
        fc.tuple(tie("node"), fc.integer({ min: 1, max: 6 })).map(([a, millis]): Program => (log) =>
          Effect.timeoutOption(a(log), millis)
        )
      )
    })).node
    return fc.assert(fc.asyncProperty(tree, async (program) => {
      expect(await virtually(program)).toEqual(await underTestClock(program))
    }), { numRuns: 80 })
  })
})

describe("virtual time", () => {
  it("starts where it is set, and advances by what was slept", async () => {
    const times = Effect.gen(function*() {
      const before = yield* Clock.currentTimeMillis
      yield* Effect.sleep("30 days")
      return [before, yield* Clock.currentTimeMillis, yield* Clock.currentTimeNanos]
    })
    expect(await Effect.runPromise(VirtualTime.run(times, 1_000))).toEqual([1_000, 2_592_001_000,
      2_592_001_000_000_000n])
  })

  it("ends any number of sleeps in the order of their times, and equal ones in the order they began", () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 60 }), async (millis) => {
        const woken: Array<number> = []
        const all = Effect.forEach(millis,
          (each, i) => Effect.andThen(Effect.sleep(each), Effect.sync(() => void woken.push(i))), {
          concurrency: "unbounded"
        })
        await Effect.runPromise(VirtualTime.run(all))
        expect(woken).toEqual(millis.map((_, i) => i).sort((a, b) => millis[a]! - millis[b]! || a - b))
      })
    ))

  it.each([
    ["never", Effect.never],
    ["a Deferred that nobody completes", Effect.flatMap(Deferred.make<void>(), Deferred.await)],
    ["the end of a sleep without end", Effect.sleep(Duration.infinity)]
  ])("calls it a defect to wait for %s", async (_, waiting) => {
    const exit = await Effect.runPromiseExit(VirtualTime.run(Effect.andThen(Effect.sleep(5), waiting)))
    expect(Exit.isFailure(exit) && Cause.hasDies(exit.cause) && String(Cause.squash(exit.cause))).toContain(
      "will never happen"
    )
  })

  it("lets a time-out end a sleep without end", async () => {
    const timed = Effect.andThen(Effect.timeoutOption(Effect.sleep(Duration.infinity), 1_000), Clock.currentTimeMillis)
    expect(await Effect.runPromise(VirtualTime.run(timed))).toBe(1_000)
  })

  const idle: ReadonlyArray<readonly [what: string, each: Effect.Effect<void>]> = [
    ["yields", Effect.yieldNow],
    ["does nothing that takes a turn", Effect.void],
    // Each of these two takes as long as all above.
    ["sleeps for less than a nanosecond", Effect.sleep(1e-7)],
    ["sleeps so little that a million sleeps are no millisecond", Effect.sleep("1 nanos")]
  ]
  it.each(isWhole ? idle : idle.slice(0, 2))("fails with Standstill when a program %s for ever, and says when",
    async (_, each) => {
      const still = await Effect.runPromise(
        Effect.flip(
          VirtualTime.run(Effect.andThen(Effect.sleep("3 days"), Effect.forever(each, { disableYield: true })))
        )
      )
      expect(still).toMatchObject({ _tag: "Standstill", steps: expect.any(Number) })
      expect(still.at - 3 * 86_400_000).toBeLessThan(10)
    })

  it.each([0, 2_153_820_000.000_000_5, 1_800_000_000_000])(
    "moves with every sleep that is not 0, also when it begins at %d",
    async (start) => {
      const moved = Effect.gen(function*() {
        const before = yield* Clock.currentTimeMillis
        yield* Effect.sleep("1 nanos")
        return (yield* Clock.currentTimeMillis) > before
      })
      expect(await Effect.runPromise(VirtualTime.run(moved, start))).toBe(true)
    }
  )

  it("passes on failures and defects as they are", async () => {
    expect(await Effect.runPromise(Effect.flip(VirtualTime.run(Effect.fail("no"))))).toBe("no")
    const exit = await Effect.runPromiseExit(VirtualTime.run(Effect.andThen(Effect.sleep(1), Effect.die("broken"))))
    expect(Exit.isFailure(exit) && Cause.squash(exit.cause)).toBe("broken")
  })

  it("gives what ends at once at once", async () => {
    expect(await Effect.runPromise(VirtualTime.run(Effect.succeed(7)))).toBe(7)
  })

  it("can be interrupted when a program never yields, and when its finalizer never ends", async () => {
    for (
      const endless of [Effect.forever(Effect.void, { disableYield: true }),
        Effect.onInterrupt(Effect.never, () => Effect.forever(Effect.sleep(1)))]
    ) {
      const fiber = Effect.runFork(
        VirtualTime.run(Effect.andThen(Effect.sleep(1), Effect.raceFirst(endless, Effect.forever(Effect.sleep(5)))))
      )
      await new Promise((resolve) => setImmediate(resolve))
      await Effect.runPromise(Fiber.interrupt(fiber))
    }
  }, 20_000)

  const forEver = (each: Effect.Effect<unknown>) => Effect.forever(each)

  it.each([
    ["sleeps", Effect.sleep(1)],
    ["only yields", Effect.yieldNow]
  ])("does not starve the process while a program %s for ever, and stops when it is interrupted", async (_, each) => {
    const log: Array<string> = []
    const endless = Effect.onInterrupt(forEver(each),
      () => Effect.andThen(Effect.sleep(5_000), Effect.sync(() => void log.push("program stopped"))))
    const fiber = Effect.runFork(VirtualTime.run(endless))
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
    log.push("process alive")
    await Effect.runPromise(Fiber.interrupt(fiber))
    expect(log).toEqual(["process alive", "program stopped"])
  })

  it("can be interrupted also when the program's finalizer waits for ever", async () => {
    const endless = Effect.onInterrupt(forEver(Effect.sleep(1)), () => Effect.never)
    const fiber = Effect.runFork(VirtualTime.run(endless))
    await new Promise((resolve) => setImmediate(resolve))
    await Effect.runPromise(Fiber.interrupt(fiber))
  })
})
