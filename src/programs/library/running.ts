/**
 * Effects as Promises.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { onAbort } from "./signals.ts"

/**
 * The same Promise. Nobody has to await it: its failure does not end the process. Who awaits it gets the failure as
 * usual.
 */
export const quiet = <A>(promise: Promise<A>): Promise<A> => {
  promise.catch(() => {})
  return promise
}

/** What a Promise rejects with: the typed error itself, and not what Effect knows around it. */
const rejection = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): unknown => {
  const error = Cause.findErrorOption(cause)
  if (Option.isSome(error)) return error.value
  return signal?.aborted === true && Cause.hasInterruptsOnly(cause) ? signal.reason : Cause.squash(cause)
}

/** Runs it now. If `signal` aborts, it is interrupted, and the Promise rejects with the reason of the signal. */
export const run = <A, E>(effect: Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> =>
  quiet(
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const fiber = Effect.runFork(effect)
      const release = onAbort(signal, () => fiber.interruptUnsafe())
      fiber.addObserver((exit) => {
        release()
        if (Exit.isSuccess(exit)) resolve(exit.value)
        else reject(rejection(exit.cause, signal))
      })
    })
  )

/** Done when all of `promises` have settled, or `pause` is over, if that is sooner. Leaves no timer. */
export const settled = (promises: Iterable<Promise<unknown>>, pause: Effect.Effect<void>): Promise<void> =>
  Effect.runPromise(Effect.raceFirst(pause, Effect.promise(() => Promise.allSettled(promises))).pipe(Effect.asVoid))
