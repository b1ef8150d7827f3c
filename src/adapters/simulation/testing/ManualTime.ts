/**
 * Time that stands still until a test moves it, for a program that goes on living in the test's own process.
 *
 * VirtualTime owns the program that it runs; here the test goes on beside it. So a move waits, before and after each
 * sleep that it ends, until nothing more happens by itself: no fiber is ready, and for some turns of the event loop none
 * becomes ready. What else the program waits for, a file for example, nobody can see from here.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Scheduler from "effect/Scheduler"

interface Sleeper {
  readonly at: number
  readonly wake: () => void
}

export interface ManualTime {
  /** Milliseconds since the beginning. */
  readonly now: () => number
  /** The effect measures this time. */
  readonly within: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
  /** Lets so many milliseconds pass, and everything happen that is due meanwhile. */
  readonly advance: (millis: number) => Promise<void>
  /** Lets time pass until the Promise has settled, up to a day. */
  readonly until: <A>(promise: Promise<A>) => Promise<A>
}

/** Turns of the event loop without any work, after which nothing is expected to happen by itself. */
const quietTurns = 4

/** Sleeps that may end without time passing. */
const maximumStill = 100_000

const dayMillis = 86_400_000

const turn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === "function") setImmediate(() => resolve())
    else setTimeout(resolve, 0)
  })

const makeScheduler = () => {
  const base = new Scheduler.MixedScheduler()
  const work = { ready: 0, done: 0 }
  const scheduler: Scheduler.Scheduler = {
    executionMode: "async",
    shouldYield: (fiber) => base.shouldYield(fiber),
    makeDispatcher: () => {
      const dispatcher = base.makeDispatcher()
      const scheduleTask = (task: () => void, priority: number) => {
        work.ready++
        dispatcher.scheduleTask(() => {
          work.ready--
          work.done++
          task()
        }, priority)
      }
      return { scheduleTask, flush: () => dispatcher.flush() }
    }
  }
  const settle = async (): Promise<void> => {
    for (let quiet = 0, done = -1; quiet < quietTurns;) {
      await turn()
      quiet = work.ready === 0 && work.done === done ? quiet + 1 : 0
      done = work.done
    }
  }
  return { scheduler, settle }
}

const makeClock = () => {
  /** In the order in which they end; of the same time, in which they began. */
  let sleepers: ReadonlyArray<Sleeper> = []
  let now = 0
  const nanos = () => BigInt(Math.round(now * 1_000)) * 1_000n
  const sleep = (millis: number): Effect.Effect<void> =>
    Effect.callback((resume) => {
      const sleeper: Sleeper = { at: now + millis, wake: () => resume(Effect.void) }
      const place = sleepers.findLastIndex(({ at }) => at <= sleeper.at) + 1
      sleepers = sleepers.toSpliced(place, 0, sleeper)
      return Effect.sync(() => {
        sleepers = sleepers.filter((each) => each !== sleeper)
      })
    })
  const clock: Clock.Clock = {
    currentTimeMillisUnsafe: () => now,
    currentTimeMillis: Effect.sync(() => now),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: nanos,
    monotonicTimeNanos: Effect.sync(nanos),
    sleep: (duration) => {
      const millis = Duration.toMillis(duration)
      return millis === Infinity ? Effect.never : sleep(Math.max(millis, 0))
    }
  }
  /** Ends the next sleep that is over by `target`. False: there is none, and it is `target` now. */
  const step = (target: number): boolean => {
    const [first] = sleepers
    if (first === undefined || first.at > target) {
      now = Math.max(now, target)
      return false
    }
    sleepers = sleepers.slice(1)
    now = Math.max(now, first.at)
    first.wake()
    return true
  }
  return { clock, step, now: () => now, next: () => sleepers[0]?.at }
}

export const make = (): ManualTime => {
  const { clock, next, now, step } = makeClock()
  const { scheduler, settle } = makeScheduler()
  /** One move at a time. */
  let moving: Promise<unknown> = Promise.resolve()
  const inTurn = <A>(move: () => Promise<A>): Promise<A> => {
    const moved = moving.then(move)
    moving = moved.catch(() => {})
    return moved
  }
  /** Until `target`, or until `isOver`. */
  const pass = async (target: number, isOver: () => boolean): Promise<void> => {
    let still = 0
    let last = now()
    await settle()
    while (!isOver() && step(target)) {
      still = now() === last ? still + 1 : 0
      last = now()
      if (still > maximumStill) throw new Error(`at ${last} ms the program works without time passing`)
      await settle()
    }
  }
  const until = async <A>(promise: Promise<A>): Promise<A> => {
    let isOver = false
    const end = () => {
      isOver = true
    }
    promise.then(end, end)
    const limit = now() + dayMillis
    await settle()
    while (!isOver && now() < limit) {
      const at = next()
      if (at === undefined) break
      await pass(Math.min(at, limit), () => isOver)
    }
    if (isOver) return promise
    throw new Error(
      now() < limit ?
        "this waits for something that no passing of simulated time brings: for a timer of Node or a file, perhaps; give "
        + "the program sleep() of this simulation for its own pauses"
        : "this has not settled within a day of simulated time"
    )
  }
  return {
    now,
    within: (effect) =>
      effect.pipe(Effect.provideService(Clock.Clock, clock), Effect.provideService(Scheduler.Scheduler, scheduler)),
    advance: (millis) => inTurn(() => pass(now() + millis, () => false)),
    until: (promise) => inTurn(() => until(promise))
  }
}
