/**
 * The two promises of the Sleep port, for adapters whose platform cannot restart itself. This is the only file of
 * `ports` that runs something.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { WakePin } from "../domain/wake/WakePin.ts"
import { Sleep, type WakeCause } from "./Sleep.ts"

/**
 * Runs `program` wake after wake, as a board does, for adapters whose platform cannot reset itself.
 *
 * When the program asks for deep sleep, its fiber is interrupted with all its children, which drops everything that it
 * had in RAM. Then `next(wake, sleepMillis, pin)`, with wakes counted from 1, lets the time pass and says whether there is
 * another wake. One request ends a wake, whichever fiber made it. Unlike a reset, an interrupt runs finalizers: if they
 * must not reach the world, the adapter takes the world away before it passes the request on.
 *
 * A defect of the program is a defect of the whole, and so is an end without a request for sleep: on a board either
 * would keep it awake until the battery is empty. Fibers that the program detached outlive its wake; it must not do
 * that.
 */
export const restarting = <R, R2 = never>(
  program: Effect.Effect<never, never, R>,
  options: {
    readonly next: (wake: number, sleepMillis: number, pin?: WakePin) => Effect.Effect<boolean, never, R2>
    /** Why a wake begins. Left out: the first by a start of the program, the others by the timer. */
    readonly wokenBy?: (wake: number) => WakeCause
  }
): Effect.Effect<void, never, Exclude<R, Sleep> | R2> =>
  Effect.gen(function*() {
    for (let wake = 1, more = true; more; wake++) {
      const { wokenBy = started } = options
      const { millis, pin } = yield* untilSleep(program, () => wokenBy(wake))
      more = yield* options.next(wake, millis, pin)
    }
  })

const started = (wake: number): WakeCause => wake === 1 ? "reset" : "timer"

interface Asked {
  readonly millis: number
  readonly pin: WakePin | undefined
}

/** One wake: from the program's start to its request for sleep, in milliseconds or until a pin ends it. */
const untilSleep = <R>(
  program: Effect.Effect<never, never, R>,
  wokenBy: () => WakeCause
): Effect.Effect<Asked, never, Exclude<R, Sleep>> =>
  Effect.suspend(() => {
    const asked = Deferred.makeUnsafe<Asked>()
    const sleep = Sleep.of({
      deepSleep: (millis, pin) => Effect.andThen(Deferred.succeed(asked, { millis, pin }), Effect.never),
      wokenBy
    })
    const ended = Effect.die(new Error("the program ended without asking for deep sleep"))
    const awake = Effect.provideService(Effect.andThen(program, ended), Sleep, sleep)
    return Effect.raceFirst(Deferred.await(asked), awake)
  })
