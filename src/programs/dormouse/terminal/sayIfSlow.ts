/** Says on stderr what a person at a terminal waits for, if it takes longer than a moment. */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"

const moment = "1 second"

export const sayIfSlow = <A, E, R>(waitingFor: string, effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.gen(function*() {
    if (!process.stderr.isTTY) return yield* effect
    const waiting = yield* Effect.forkChild(Effect.andThen(Effect.sleep(moment), Console.error(waitingFor)))
    const result = yield* effect
    yield* Fiber.interrupt(waiting)
    return result
  })
