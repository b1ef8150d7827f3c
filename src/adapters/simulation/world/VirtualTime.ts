/**
 * Virtual time for long simulations: a Clock and a Scheduler in which time passes as soon as nothing else is left to
 * do.
 *
 * A test moves `TestClock`, which waits a macrotask for every sleep that it ends; the tests use it. This Clock moves by
 * itself, is several times faster, and gives the same lives: sleeps end in the order of their times, and those of the
 * same time in the order in which they began.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Scheduler from "effect/Scheduler"
import { Standstill } from "../../../ports/Standstill.ts"

interface Sleeper {
  readonly at: number
  readonly order: number
  /** Undefined once it has been interrupted: such a sleep is over and moves no time. */
  wake: (() => void) | undefined
}

const isBefore = (a: Sleeper, b: Sleeper): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

const push = (heap: Array<Sleeper>, sleeper: Sleeper): void => {
  let index = heap.length
  heap.push(sleeper)
  while (index > 0) {
    const parent = (index - 1) >> 1
    if (!isBefore(sleeper, heap[parent] as Sleeper)) break
    heap[index] = heap[parent] as Sleeper
    index = parent
  }
  heap[index] = sleeper
}

const pop = (heap: Array<Sleeper>): Sleeper | undefined => {
  const first = heap[0]
  const last = heap.pop()
  if (first === undefined || last === undefined || heap.length === 0) return first
  let index = 0
  for (let child = 1; child < heap.length; child = 2 * index + 1) {
    if (child + 1 < heap.length && isBefore(heap[child + 1] as Sleeper, heap[child] as Sleeper)) child++
    if (!isBefore(heap[child] as Sleeper, last)) break
    heap[index] = heap[child] as Sleeper
    index = child
  }
  heap[index] = last
  return first
}

/** The wall time, in milliseconds, after which the loop lets the process do something else (print, take a signal). */
const sliceMillis = 50

/** The wall time, in milliseconds, that an interrupted program has for its finalizers. Then it is dropped. */
const partingMillis = 2_000

/** How many operations a fiber may do before the process gets its turn: no wake of a device does a tenth of that. */
const maxOperations = 1_000_000

/** How much such a fiber counts, in steps of the loop. */
const stepsOfOperations = 100_000

/** If in so many steps less time passes than this, in milliseconds, time stands still. */
const maxSteps = 1_000_000
const minMillis = 10

const makeClock = (startMillis: number) => {
  const sleepers: Array<Sleeper> = []
  let now = startMillis
  let order = 0
  const nanos = () => BigInt(Math.round(now * 1_000)) * 1_000n
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => {
      const millis = Duration.toMillis(duration)
      if (!(millis > 0)) return Effect.void
      if (millis === Infinity) return Effect.never
      return Effect.callback((resume) => {
        // However short the sleep is, the clock moves: `now + millis` alone may be equal to `now`, because a number has
        // not enough digits.
        const sleeper: Sleeper = {
          at: now + Math.max(millis, now * Number.EPSILON),
          order: order++,
          wake: () => resume(Effect.void)
        }
        push(sleepers, sleeper)
        return Effect.sync(() => {
          sleeper.wake = undefined
        })
      })
    }
  }
  /** Ends the next sleep. False: there is none. */
  const advance = (): boolean => {
    for (let next = pop(sleepers); next !== undefined; next = pop(sleepers)) {
      if (next.wake === undefined) continue
      now = next.at
      next.wake()
      return true
    }
    return false
  }
  return { clock, advance }
}

/** `onBusy` is called with each fiber that did very much without waiting. */
const makeScheduler = (onBusy: () => void) => {
  let tasks: Array<() => void> = []
  /** Runs what is ready, but not yet what becomes ready by it. False: there is nothing. */
  const runTasks = (): boolean => {
    if (tasks.length === 0) return false
    const batch = tasks
    tasks = []
    for (const task of batch) task()
    return true
  }
  const flush = () => {
    while (runTasks());
  }
  const scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    // In a simulation a fiber stops nobody but the process itself, and only if it never waits.
    shouldYield: (fiber) => {
      if (fiber.currentOpCount < maxOperations) return false
      onBusy()
      return true
    },
    makeDispatcher: () => ({ scheduleTask: (task) => void tasks.push(task), flush })
  }
  return { scheduler, runTasks }
}

const stuck = Effect.suspend(() => Effect.die(new Error("the simulation waits for something that will never happen")))

/**
 * Runs `effect` in virtual time that starts at `startMillis`. An effect that waits for something that will never happen
 * would wait for ever: this is a defect with a message. One that works without time passing fails with `Standstill`. If
 * it is interrupted, the effect may end in its own time, for up to two seconds of wall time.
 */
export const run = <A, E>(effect: Effect.Effect<A, E>, startMillis = 0): Effect.Effect<A, E | Standstill> =>
  Effect.callback<A, E | Standstill>((resume) => {
    const { advance, clock } = makeClock(startMillis)
    let steps = 0
    let movedAt = startMillis
    const { runTasks, scheduler } = makeScheduler(() => {
      steps += stepsOfOperations
    })
    let exit: Exit.Exit<A, E> | undefined
    let isOver = false
    let dropAt = Infinity
    let afterwards = () => {}
    /** Whether many steps have passed almost no time. */
    const isStill = (): boolean => {
      if (++steps < maxSteps) return false
      const now = clock.currentTimeMillisUnsafe()
      if (now - movedAt < minMillis) return true
      movedAt = now
      steps = 0
      return false
    }
    const end = (result: Effect.Effect<A, E | Standstill>) => {
      isOver = true
      resume(result)
      afterwards()
    }
    const fiber = Effect.runFork(Effect.provideService(effect, Clock.Clock, clock), { scheduler })
    fiber.addObserver((result) => {
      exit = result
    })
    const slice = () => {
      const until = Date.now() + sliceMillis
      while (exit === undefined && Date.now() < until) {
        for (let i = 0; i < 100 && exit === undefined; i++) {
          if (!runTasks() && !advance()) return end(stuck)
          if (isStill()) return end(new Standstill({ at: clock.currentTimeMillisUnsafe(), steps }))
        }
      }
      if (exit !== undefined) return end(exit)
      if (Date.now() > dropAt) return end(Effect.interrupt)
      setImmediate(slice)
    }
    slice()
    return Effect.callback<void>((done) => {
      if (isOver) return done(Effect.void)
      afterwards = () => done(Effect.void)
      dropAt = Date.now() + partingMillis
      fiber.interruptUnsafe()
    })
  })
