/**
 * The run loop: one fiber, one stack of frames, no recursion; an interpreter with a C stack of 15 kB has none to spare.
 *
 * An effect is a literal known by its fields, because a board pays for every field made and read (see `Node`); names are
 * one letter for the same reason. A time-out is a level of the stack with a timer, in the same fiber: what effect does
 * with two fibers and a race. A level may be masked; interruption reaches a level through all unmasked levels below it.
 */
import { shaped } from "./shape.ts"

/** An effect. One of: `{v}` success; `{t}` what a thunk returns; `{a, b}` `b` of the value of `a`; `{o}` anything else. */
export interface Node {
  readonly v?: unknown
  readonly t?: () => unknown
  readonly a?: Node
  readonly b?: (value: unknown) => Node
  /** Gives the effect to go on with, or undefined when the fiber waits or has ended. */
  readonly o?: (this: Node, fiber: Fiber) => Node | undefined
}

/** An effect that fails, and the Cause of it: one reason, the one that effect's handlers would go by. */
export interface Failure extends Node {
  /** 0 interrupted, 1 failed with `e`, 2 died of `e`. */
  readonly k: 0 | 1 | 2
  readonly e?: unknown
}

/** What goes on after a value, and after a failure. A `flatMap` is its own frame. */
export interface Frame {
  readonly b?: (value: unknown) => Node
  readonly f?: (failure: Failure) => Node
}

/** The fiber's own level, or that of a time-out. */
export interface Level {
  /** Masked: not to be interrupted now. */
  m: boolean
  /** Interrupted, for a time-out: expired. It stays so. */
  i: boolean
  /** The level around this time-out, its milliseconds, and its timer while that runs. */
  readonly u?: Level
  readonly d?: number
  w?: unknown
}

export interface Fiber {
  readonly k: Array<Frame>
  l: Level
  /** Counts the waits; `w` is the number of the present one, 0 while running; `c` its canceller. */
  n: number
  w: number
  c: Node | undefined
}

function unwind(this: Node, fiber: Fiber): Node | undefined {
  let frame
  while ((frame = fiber.k.pop()) && !frame.f);
  // Through the loop, so that a handler that throws or returns no effect is a defect.
  return frame && { a: { v: this }, b: frame.f as NonNullable<Node["b"]> }
}

export const interrupted: Failure = shaped({ k: 0, o: unwind })

export const fail = (error: unknown): Failure => shaped({ k: 1, e: error, o: unwind })

export const die = (defect: unknown): Failure => shaped({ k: 2, e: defect, o: unwind })

/** Whether the interruption of this level or of one around it has to be heeded now. */
export const isHit = (level: Level): boolean => !level.m && (level.i || (level.u !== undefined && isHit(level.u)))

/** Runs until the fiber waits or ends. A flatMap of a success or a thunk, the usual case, leaves the stack alone. */
const run = (fiber: Fiber, effect: Node): void => {
  const stack = fiber.k
  let node: Node = effect
  let a
  let b
  for (;;) {
    try {
      for (;;) {
        while ((b = node.b)) {
          a = node.a as Node
          if (a.t) node = b(a.t())
          else if ("v" in a) node = b(a.v)
          else {
            stack.push(node as Frame)
            node = a
          }
        }
        if (node.o) {
          a = node.o(fiber)
          if (!a) return
          node = a
        } else {
          a = node.t ? node.t() : node.v
          node = (stack.pop() as Required<Frame>).b(a)
        }
      }
    } catch (defect) {
      node = die(defect)
    }
  }
}

/** Starts to run `effect`. `end`, which must not throw, is given `{v}` or a Failure. */
export const start = (effect: Node, end?: (exit: Node) => void): Fiber => {
  const over = (exit: Node): Node => ({
    o: () => {
      if (end) end(exit)
      return undefined
    }
  })
  const fiber: Fiber = { k: [{ b: (v) => over({ v }), f: over }], l: { m: false, i: false }, n: 0, w: 0, c: undefined }
  run(fiber, effect)
  return fiber
}

/** Timers start when their bodies first wait, the innermost first: as in effect, which forks the body before the timer. */
const arm = (fiber: Fiber, level: Level): void => {
  if (!level.u || level.w || level.i) return
  level.w = setTimeout(() => {
    level.w = undefined
    interrupt(fiber, level)
  }, level.d)
  arm(fiber, level.u)
}

/** Waits for `register` to call back. What it returns is run when the wait is interrupted. */
export const wait = (fiber: Fiber, register: (resume: (effect: Node) => void) => Node | undefined): Node | undefined => {
  const turn = ++fiber.n
  let early: Node | undefined
  const cancel = register((effect) => {
    if (fiber.w === turn) {
      fiber.w = 0
      run(fiber, effect)
    } else if (!early) early = effect
  })
  if (early) return early
  fiber.w = turn
  fiber.c = cancel
  arm(fiber, fiber.l)
  return undefined
}

/** Masks or unmasks the fiber until what runs next has ended. */
export const mask = (fiber: Fiber, masked: boolean): void => {
  const level = fiber.l
  const restore = (exit: Node): Node => {
    level.m = !masked
    return "v" in exit && isHit(level) ? interrupted : exit
  }
  level.m = masked
  fiber.k.push({ b: (v) => restore({ v }), f: restore })
}

/** Interrupts a level, by default all of the fiber: now if it waits and may be interrupted, else as soon as it may. */
export const interrupt = (fiber: Fiber, level: Level): void => {
  level.i = true
  if (!fiber.w || !isHit(fiber.l)) return
  const cancel = fiber.c
  fiber.w = 0
  if (!cancel) return run(fiber, interrupted)
  mask(fiber, true)
  run(fiber, { a: cancel, b: () => interrupted })
}

/** Runs `self` with a handler of its failures, which an interruption passes by. */
export const guard = (
  fiber: Fiber,
  self: Node,
  onSuccess: (value: unknown) => Node,
  onFailure: (failure: Failure) => Node
): Node => {
  fiber.k.push({
    b: onSuccess,
    f: (failure) => isHit(fiber.l) ? failure.k === 1 ? interrupted : failure : onFailure(failure)
  })
  return self
}

/** Runs `self` for at most `millis`, counted from its first wait. */
export const limit = (fiber: Fiber, self: Node, millis: number, orElse: () => Node): Node => {
  const level: Level = { m: false, i: false, u: fiber.l, d: millis }
  const leave = (exit: Node): Node => {
    const upper = level.u as Level
    if (level.w) clearTimeout(level.w as number)
    fiber.l = upper
    return isHit(upper) ? interrupted : level.i ? orElse() : exit
  }
  fiber.l = level
  fiber.k.push({ b: (v) => leave({ v }), f: leave })
  return self
}

/** Acquires and releases masked; `use` runs as interruptible as the whole. */
export const bracket = (
  fiber: Fiber,
  acquire: Node,
  use: (resource: unknown) => Node,
  release: (resource: unknown) => Node
): Node => {
  const open = !fiber.l.m
  if (open) mask(fiber, true)
  return {
    a: acquire,
    b: (resource) => {
      fiber.k.push({
        b: (v) => ({ a: release(resource), b: () => ({ v }) }),
        f: (failure) => released(fiber, failure, () => release(resource))
      })
      const used = use(resource)
      return open ? unmasked(fiber, used) : used
    }
  }
}

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const released = (fiber: Fiber, failure: Failure, release: () => Node): Node => ({
  o: () =>
    guard(fiber, { a: { v: 0 }, b: release }, () => failure, (second) =>
      failure.k === 0 ? second : second.k === 2 ? die(failure.e) : failure)
})

/** Runs `self` so that it can be interrupted, or not at all when it already is. */
export const unmasked = (fiber: Fiber, self: Node): Node => {
  if (!fiber.l.m) return self
  mask(fiber, false)
  return isHit(fiber.l) ? interrupted : self
}
