/**
 * The part of effect/Effect that a device program uses, small enough for a board. A bundle for one takes this folder's
 * files in place of effect's modules of the same names; a function that is not here fails the bundle by its name.
 *
 * Types are effect's, and so is what the functions do, held by tests that run the same programs on both. Short of effect:
 * - One fiber. Services are cells, provided once, before the program starts; `runFork` is to start, not to follow.
 * - Durations are milliseconds, at most 2^31 - 1, and 0 takes one turn of the platform's timers.
 * - A Cause has one reason. Of several the worst is kept: a defect, then an error, then interruption; then the first.
 * - `release` is given no Exit, `callback` no signal, `logInfo` takes one value; an `andThen` takes an effect or a function.
 * - Interruption comes from time-outs and `interrupt` between two turns of the loop, never from inside a thunk; a canceller
 *   stands for the wait alone, not for the effect given to `resume`.
 */
import type * as E from "effect/Effect"
import * as Fiber from "./Fiber.ts"
import * as Result from "./Result.ts"
import { dual, shaped } from "./shape.ts"

export type * from "effect/Effect"
export { gen } from "./Gen.ts"

type Node = Fiber.Node
type Next = (value: unknown) => Node

const done = (value?: unknown): Node => shaped({ v: value })
const none = done()

export { none as void }
export const succeed = done as typeof E.succeed
export const fail = Fiber.fail as unknown as typeof E.fail
export const die = Fiber.die as unknown as typeof E.die
export const sync = ((thunk: () => unknown): Node => shaped({ s: () => ({ v: thunk() }) })) as unknown as typeof E.sync
export const suspend = ((thunk: () => Node): Node => shaped({ s: thunk })) as unknown as typeof E.suspend

const bind = (self: Node, f: Next): Node => shaped({ a: self, b: f })

export const flatMap = dual(bind) as unknown as typeof E.flatMap
export const map = dual((self: Node, f: (value: unknown) => unknown): Node => bind(self, (value) => done(f(value)))) as unknown as typeof E.map
export const andThen = dual((self: Node, that: Node | Next): Node =>
  bind(self, typeof that === "function" && !("key" in that) ? that : () => that as Node)
) as unknown as typeof E.andThen
export const as = dual((self: Node, value: unknown): Node => bind(self, () => done(value))) as unknown as typeof E.as

/** `onFailure` is for errors only. */
const fold = (self: Node, onSuccess: Next, onFailure: Next): Node =>
  shaped({ a: self, b: onSuccess, f: (failure) => failure.k === 1 ? onFailure(failure.e) : failure })

const recover = (self: Node, f: Next): Node => fold(self, done, f)
const nothing = (): Node => none

export { catch_ as catch }
const catch_ = dual(recover) as unknown as typeof E.catch
export const orDie = ((self: Node) => recover(self, Fiber.die)) as unknown as typeof E.orDie
export const ignore = ((self: Node) => fold(self, nothing, nothing)) as unknown as typeof E.ignore
export const result = ((self: Node) =>
  fold(self, (value) => done(Result.succeed(value)), (error) => done(Result.fail(error)))) as unknown as typeof E.result
/** What a bundle makes of `flatMap(result(self), f)`. */
export const flatMapResult = (self: Node, f: (result: unknown) => Node): Node =>
  fold(self, (value) => f(Result.succeed(value)), (error) => f(Result.fail(error)))

/** What a bundle makes of `yield*` of an effect that does not wait. */
export const now = (self: Node): unknown => {
  let node = self
  while (node.s) node = node.s()
  if (!("v" in node)) throw node
  return node.v
}

/** What a bundle makes of `yield* result(self)` of such an effect. */
export const attempt = (run: () => unknown): unknown => {
  try {
    return Result.succeed(run())
  } catch (thrown) {
    if (!Fiber.isError(thrown)) throw thrown
    return Result.fail(thrown.e)
  }
}
export const resultNow = (self: Node): unknown => attempt(() => now(self))

export const catchCause = dual((self: Node, f: (cause: Fiber.Failure) => Node): Node =>
  shaped({ a: self, b: done, f })
) as unknown as typeof E.catchCause

export const timeoutOrElse = dual((self: Node, options: { readonly duration: number; readonly orElse: () => Node }): Node =>
  shaped({ o: (fiber) => Fiber.limit(fiber, self, options.duration, options.orElse) })
) as unknown as typeof E.timeoutOrElse
export const acquireUseRelease = ((acquire: Node, use: Next, release: Next): Node =>
  shaped({ o: (fiber) => Fiber.bracket(fiber, acquire, use, release) })) as unknown as typeof E.acquireUseRelease
export const interruptible = ((self: Node): Node =>
  shaped({ o: (fiber) => Fiber.unmasked(fiber, self) })) as unknown as typeof E.interruptible

const wait = (register: (resume: (effect: Node) => void) => Node | undefined): Node =>
  shaped({ o: (fiber) => Fiber.wait(fiber, register) })

export const callback = wait as unknown as typeof E.callback
export const never = wait(() => undefined) as unknown as typeof E.never
export const sleep = ((millis: number): Node =>
  wait((resume) => {
    const timer = setTimeout(() => resume(none), millis)
    return { s: () => ({ v: clearTimeout(timer) }) }
  })) as unknown as typeof E.sleep

/** Where `logInfo` goes; a board's main puts its own printer here. */
export const log: { print: (event: unknown) => void } = { print: (event) => console.log(event) }

export const logInfo = ((event: unknown): Node => shaped({ s: () => ({ v: log.print(event) }) })) as typeof E.logInfo

/** From then on, and not only within `self`. */
export const provideService = dual((self: Node, tag: { v?: unknown }, service: unknown): Node =>
  shaped({
    a: none,
    b: () => {
      tag.v = service
      return self
    }
  })
) as unknown as typeof E.provideService

/** `end`, which must not throw, is given `{v}` or a Fiber.Failure. */
export const runFork = ((effect: Node, end?: (exit: Node) => void) => Fiber.start(effect, end)) as unknown as typeof E.runFork
