/**
 * The part of effect/Effect that a device program uses, small enough for a board. A bundle for one takes this folder's
 * files in place of effect's modules of the same names; a function that is not here fails the bundle by its name.
 *
 * Types are effect's, and so is what the functions do, held by tests that run the same programs on both. Short of
 * effect:
 * - One fiber. Services are cells, provided once, before the program starts; `runFork` is to start, not to follow.
 * - Durations are milliseconds, at most 2^31 - 1, and 0 takes one turn of the platform's timers.
 * - A Cause has one reason. Of several the worst is kept: a defect, then an error, then interruption; then the first.
 * - `callback` is given no signal; `andThen` takes an effect.
 * - A tag is for `yield*` and `provideService` alone, and a bundle fails with an error by `Effect.fail` only.
 * - Interruption comes from time-outs and `interrupt` between two turns of the loop, never from inside a thunk; a
 *   canceller stands for the wait alone, not for the effect given to `resume`.
 */
import type * as E from "effect/Effect"
import * as Ensure from "./Ensure.ts"
import * as Fiber from "./Fiber.ts"
import * as Result from "./Result.ts"
import { dual, shaped } from "./shape.ts"

export type * from "effect/Effect"
export { push } from "./Fiber.ts"
export { gen } from "./Gen.ts"

type Node = Fiber.Node
/** Makes the next effect from a value. */
type Next = (value: unknown) => Node

const done = (value?: unknown): Node => shaped(() => value)
const none = done()

export { none as void }
export const succeed = done as unknown as typeof E.succeed
export const fail$now = Fiber.fail
export const fail = ((error: unknown): Node => shaped(() => Fiber.fail(error))) as unknown as typeof E.fail
export const die = ((defect: unknown): Node => shaped(() => Fiber.die(defect))) as unknown as typeof E.die
/** What does it is it. */
export const sync = ((thunk: () => unknown): Node => shaped(thunk)) as unknown as typeof E.sync
/** There is a turn of the loop between, so that an effect that suspends itself again and again needs no more stack. */
export const suspend = ((thunk: () => Node): Node =>
  shaped(() => {
    Fiber.push(() => thunk()())
  })) as unknown as typeof E.suspend

// For each function there is one that does the work at once, with `$now` after its name: a bundle uses it where an
// effect is run as soon as it is made.

export const flatMap$now = (self: Node, f: Next): void => void Fiber.push((value) => f(value)(), self)
export const flatMap = dual((self: Node, f: Next): Node =>
  shaped(() => flatMap$now(self, f))
) as unknown as typeof E.flatMap

export const map$now = (self: Node, f: (value: unknown) => unknown): void => void Fiber.push(f, self)
export const map = dual((self: Node, f: (value: unknown) => unknown): Node =>
  shaped(() => map$now(self, f))
) as unknown as typeof E.map

export const andThen$now = (self: Node, that: Node): void => void Fiber.push(that, self)
export const andThen = dual((self: Node, that: Node): Node =>
  shaped(() => andThen$now(self, that))
) as unknown as typeof E.andThen

export const as = dual((self: Node, value: unknown): Node =>
  shaped(() => map$now(self, () => value))
) as unknown as typeof E.as

/** With errors handled by what gives what an effect gives. */
const onError = (onFailure: Fiber.Next): Fiber.Frame => ({
  f: (failure) => {
    if (failure.k !== 1) throw failure
    return onFailure(failure.e)
  },
  x: undefined
})

export { catch_ as catch, catch_$now as catch$now }
const catch_$now = (self: Node, f: Next): unknown => Fiber.guard(self, Fiber.pass, onError((error) => f(error)()))
const catch_ = dual((self: Node, f: Next): Node => shaped(() => catch_$now(self, f))) as unknown as typeof E.catch

const dying = onError(Fiber.die)
export const orDie =
  ((self: Node): Node => shaped(() => Fiber.guard(self, Fiber.pass, dying))) as unknown as typeof E.orDie

const nothing = (): void => {}
const toNothing: Fiber.Next = () => void Fiber.pop()
const ignored = onError(nothing)
export const ignore =
  ((self: Node): Node => shaped(() => Fiber.guard(self, toNothing, ignored))) as unknown as typeof E.ignore

const toResult: Fiber.Next = (value) => {
  Fiber.pop()
  return Result.succeed(value)
}
const failedResult = onError(Result.fail as Fiber.Next)
export const result$now = (self: Node): unknown => {
  Fiber.push(failedResult, toResult)
  return self()
}
export const result = ((self: Node): Node => shaped(() => result$now(self))) as unknown as typeof E.result

/** What a bundle makes of `yield* result(self)` if the effect does not wait. */
export const attempt = (self: Node): unknown => {
  try {
    return Result.succeed(self())
  } catch (thrown) {
    if ((thrown as Fiber.Failure).k !== 1) throw thrown
    return Result.fail((thrown as Fiber.Failure).e)
  }
}

export const catchCause$now = (self: Node, f: (cause: Fiber.Failure) => Node): unknown =>
  Fiber.guard(self, Fiber.pass, { f: (failure) => f(failure)(), x: undefined })
export const catchCause = dual((self: Node, f: (cause: Fiber.Failure) => Node): Node =>
  shaped(() => catchCause$now(self, f))
) as unknown as typeof E.catchCause

/** With its options as single arguments. */
export const timeoutOrElse$now = Fiber.limit
export const timeoutOrElse = dual((
  self: Node,
  options: { readonly duration: number; readonly orElse: () => Node }
): Node => shaped(() => Fiber.limit(self, options.duration, options.orElse))) as unknown as typeof E.timeoutOrElse

export const ensuring$now = Ensure.ensure
export const ensuring = dual((self: Node, last: Node): Node =>
  shaped(() => Ensure.ensure(self, last))
) as unknown as typeof E.ensuring

export const callback$now = Fiber.wait
const wait = (register: (resume: (effect: Node) => void) => Node | undefined): Node =>
  shaped(() => Fiber.wait(register))

export const callback = wait as unknown as typeof E.callback
export const never = wait(() => undefined) as unknown as typeof E.never

export const sleep$now = (millis: number): unknown =>
  Fiber.wait((resume) => {
    const timer = setTimeout(() => resume(none), millis)
    return () => clearTimeout(timer)
  })
export const sleep = ((millis: number): Node => shaped(() => sleep$now(millis))) as unknown as typeof E.sleep

/** None: services are in their tags. */
export const context = (() => none) as unknown as typeof E.context

/** From the moment when it is made, and not only within `self`. */
export const provideService = dual((self: Node, tag: { v?: unknown }, service: unknown): Node => {
  tag.v = service
  return self
}) as unknown as typeof E.provideService

/** `end`, which must not throw, gets `{v}` or a Fiber.Failure. */
export const runFork =
  ((effect: Node, end?: (exit: object) => void) => Fiber.start(effect, end)) as unknown as typeof E.runFork
