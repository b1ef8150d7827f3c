/**
 * Deep sleep: everything in RAM is lost, Storage and the clock go on.
 *
 * A caller may rely on this:
 * - `deepSleep` does not return. The next thing that happens is a new start of the program, `millis` later or, when
 *   something else wakes the board, earlier.
 * - Any length of 0 or more is accepted; what the platform cannot do in one piece it does in several.
 *
 * On a board deep sleep ends in a reset, which keeps both promises. Where there is no reset to be had (Node, simulation)
 * the adapter keeps them with `restarting`.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"

export class Sleep extends Context.Service<Sleep, {
  /** Sleeps for `millis` milliseconds and restarts the program. */
  readonly deepSleep: (millis: number) => Effect.Effect<never>
}>()("dormouse/ports/Sleep") {}

/**
 * Runs `program` wake after wake, the way a board does, for adapters whose platform cannot reset itself.
 *
 * When the program asks for deep sleep its fiber is interrupted with all its children, which drops everything it had in
 * RAM; then `next(wake, sleepMillis)`, with wakes counted from 1, lets the time pass and says whether there is another
 * wake. One request ends a wake, whichever fiber made it. Unlike a reset, an interrupt runs finalizers: an adapter that must
 * not let them speak to the world takes the world away before it passes the request on.
 *
 * A defect of the program is a defect of the whole, and so is an end without a request for sleep: on a board either
 * would leave it awake until the battery is flat. Fibers that the program detached outlive its wake; it must not.
 */
export const restarting = <R, R2 = never>(
  program: Effect.Effect<never, never, R>,
  options: { readonly next: (wake: number, sleepMillis: number) => Effect.Effect<boolean, never, R2> }
): Effect.Effect<void, never, Exclude<R, Sleep> | R2> =>
  Effect.gen(function*() {
    for (let wake = 1, more = true; more; wake++) {
      const sleepMillis = yield* untilSleep(program)
      more = yield* options.next(wake, sleepMillis)
    }
  })

/** One wake: from the program's start to its request for sleep, in milliseconds. */
const untilSleep = <R>(program: Effect.Effect<never, never, R>): Effect.Effect<number, never, Exclude<R, Sleep>> =>
  Effect.suspend(() => {
    const asked = Deferred.makeUnsafe<number>()
    const sleep = Sleep.of({
      deepSleep: (millis) => Effect.andThen(Deferred.succeed(asked, millis), Effect.never)
    })
    const ended = Effect.die(new Error("the program ended without asking for deep sleep"))
    const awake = Effect.provideService(Effect.andThen(program, ended), Sleep, sleep)
    return Effect.raceFirst(Deferred.await(asked), awake)
  })
