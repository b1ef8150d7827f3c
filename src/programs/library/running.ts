/**
 * Effects as Promises.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { onAbort } from "./signals.ts"

/** A Promise that knows whether anybody waits for it: `await` calls `then` of what is not a plain Promise. */
class Answer<A> extends Promise<A> {
  isAwaited = false

  // What `then` gives is a plain one.
  static override get [Symbol.species](): PromiseConstructor {
    return Promise
  }

  // eslint-disable-next-line unicorn/no-thenable -- that somebody waits is what is to be known
  override then<B = A, C = never>(
    fulfilled?: ((value: A) => B | PromiseLike<B>) | null,
    rejected?: ((reason: unknown) => C | PromiseLike<C>) | null
  ): Promise<B | C> {
    this.isAwaited = true
    return super.then(fulfilled, rejected)
  }
}

/** The same as a plain Promise, so that who waits for it does not count as one who has been told. */
export const plain = <A>(promise: Promise<A>): Promise<A> =>
  Promise.prototype.then.call(promise, undefined, undefined) as Promise<A>

/** The Promises that have rejected with an error; `true`: a loop throws it. */
const rejected = new WeakMap<object, Array<Answer<unknown> | true>>()

const note = (error: unknown, by: Answer<unknown> | true): void => {
  if (typeof error !== "object" || error === null) return
  const known = rejected.get(error)
  if (known === undefined) rejected.set(error, [by])
  else known.push(by)
}

/** A loop throws this error. */
export const thrown = (error: unknown): void => note(error, true)

/** Whether somebody gets this error from a Promise, or from a loop. */
export const isReceived = (error: object): boolean =>
  rejected.get(error)?.some((by) => by === true || by.isAwaited) ?? false

/** Nobody has to await it: its failure does not end the process. Who awaits it gets the failure as usual. */
const noted = <A>(answer: Answer<A>): Answer<A> => {
  plain(answer).catch((error: unknown) => note(error, answer))
  return answer
}

/** The same Promise, as all calls give one: see `noted`. */
export const quiet = <A>(promise: Promise<A>): Promise<A> =>
  noted(new Answer((resolve, reject) => void plain(promise).then(resolve, reject)))

/** What a Promise rejects with: the typed error itself, and not what Effect knows around it. */
const rejection = (cause: Cause.Cause<unknown>, signal: AbortSignal | undefined): unknown => {
  const error = Cause.findErrorOption(cause)
  if (Option.isSome(error)) return error.value
  return signal?.aborted === true && Cause.hasInterruptsOnly(cause) ? signal.reason : Cause.squash(cause)
}

/** Runs it now. If `signal` aborts, it is interrupted, and the Promise rejects with the reason of the signal. */
export const run = <A, E>(effect: Effect.Effect<A, E>, signal?: AbortSignal): Promise<A> =>
  noted(
    new Answer((resolve, reject) => {
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
export const settled = (promises: Iterable<Promise<unknown>>, pause: Effect.Effect<void>): Promise<void> => {
  const all = Effect.promise(() => Promise.allSettled(Array.from(promises, plain)))
  return Effect.runPromise(Effect.asVoid(Effect.raceFirst(pause, all)))
}
