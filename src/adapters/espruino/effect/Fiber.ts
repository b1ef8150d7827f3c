/**
 * The run loop: one fiber, one stack of frames, no recursion; an interpreter with a C stack of 15 kB has none to spare.
 *
 * An effect is a literal known by its fields, because a board pays for every field made and read (see `Node`); names are
 * one letter for the same reason. A time-out is a level of the stack with a timer, in the same fiber: what effect does
 * with two fibers and a race. A level may be masked; interruption reaches a level through all unmasked levels below it.
 */
import { shaped } from "./shape.ts"

/**
 * An effect. One of: `{v}` success; `{s}` the effect that a thunk returns; `{a, b, f}` `b` of the value of `a` and, where there is
 * one, `f` of its failure; `{o}` anything else.
 */
export interface Node {
  readonly v?: unknown
  readonly s?: () => Node
  readonly a?: Node
  readonly b?: (value: unknown) => Node
  readonly f?: (failure: Failure) => Node
  /** Gives the effect to go on with, or undefined when the fiber waits or has ended. */
  readonly o?: (this: Node, fiber: Fiber) => Node | undefined
}

/** An effect that fails, and the Cause of it: one reason, the one that effect's handlers would go by. */
export interface Failure extends Node {
  /** 0 interrupted, 1 failed with `e`, 2 died of `e`. */
  readonly k: 0 | 1 | 2
  readonly e?: unknown
}

/** What goes on after a value, and after a failure: a handler, or (`x`) what must be done in any case. A `flatMap` is its own frame. */
export interface Frame {
  readonly b: (value: unknown) => Node
  readonly f?: (failure: Failure) => Node
  readonly x?: (failure: Failure) => Node
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

/** To the next handler, which an interruption passes by: an error on its way is one too, from there on. */
function unwind(this: Node, fiber: Fiber): Node | undefined {
  const failure = this as Failure
  let frame
  while ((frame = fiber.k.pop())) {
    if (frame.x) return frame.x(failure)
    if (frame.f) {
      // Through the loop, so that a handler that throws or returns no effect is a defect.
      if (!isHit(fiber.l)) return { a: { v: failure }, b: frame.f as NonNullable<Node["b"]> }
      if (failure.k === 1) return interrupted
    }
  }
  return undefined
}

export const interrupted: Failure = shaped({ k: 0, o: unwind })

export const fail = (error: unknown): Failure => shaped({ k: 1, e: error, o: unwind })

export const die = (defect: unknown): Failure => shaped({ k: 2, e: defect, o: unwind })

/** Whether what was thrown is a failure with an error, and no defect. */
export const isError = (thrown: unknown): thrown is Failure => thrown instanceof Object && (thrown as Failure).k === 1

/** Whether the interruption of this level or of one around it has to be heeded now. */
export const isHit = (level: Level): boolean => !level.m && (level.i || (level.u !== undefined && isHit(level.u)))

/** The fiber goes on with a defect. What a thunk throws is for the handler beside it. */
const caught = (stack: Array<Frame>, node: Node | undefined, a: Node | undefined, defect: unknown): Failure => {
  if (node && node.f && !(a && "v" in a)) stack.push(node as Frame)
  return isError(defect) ? defect : die(defect)
}

/**
 * Runs until the fiber waits or ends. A `b` of what is a value by now, the usual case, leaves the stack alone. The interpreter reads
 * over what it does not execute, each time: so the usual case is a loop of its own, and the rarest a function.
 */
const run = (fiber: Fiber, effect: Node): void => {
  const stack = fiber.k
  let node: Node | undefined = effect
  let a: Node | undefined
  for (;;) {
    try {
      for (;;) {
        while (node.b) {
          a = node.a as Node
          while (a.s) a = a.s()
          if ("v" in a) node = node.b(a.v)
          else {
            stack.push(node as Frame)
            node = a
          }
        }
        if ("v" in node) node = (stack.pop() as Frame).b(node.v)
        else if (node.s) node = node.s()
        else if (!(node = (node as Required<Node>).o(fiber))) return
      }
    } catch (defect) {
      node = caught(stack, node, a, defect)
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
  const fiber: Fiber = { k: [{ b: (v) => over({ v }), x: over }], l: { m: false, i: false }, n: 0, w: 0, c: undefined }
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
const mask = (fiber: Fiber, masked: boolean): void => {
  const level = fiber.l
  const was = level.m
  const restore = (exit: Node): Node => {
    level.m = was
    return "v" in exit && isHit(level) ? interrupted : exit
  }
  level.m = masked
  fiber.k.push({ b: (v) => restore({ v }), x: restore })
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

/** Runs `self` for at most `millis`, counted from its first wait. */
export const limit = (fiber: Fiber, self: Node, millis: number, orElse: () => Node): Node => {
  const upper = fiber.l
  const level: Level = { m: false, i: false, u: upper, d: millis }
  const leave = (exit: Node): Node => {
    if (level.w) clearTimeout(level.w as number)
    fiber.l = upper
    return isHit(upper) ? interrupted : level.i ? orElse() : exit
  }
  fiber.l = level
  fiber.k.push({ b: (v) => leave({ v }), x: leave })
  return self
}

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const worse = (first: Failure, second: Failure): Failure =>
  first.k === 0 ? second : second.k === 2 ? die(first.e) : first

/** Acquires and releases masked; `use` runs as interruptible as the whole. */
export const bracket = (
  fiber: Fiber,
  acquire: Node,
  use: (resource: unknown) => Node,
  release: (resource: unknown) => Node
): Node => {
  const level = fiber.l
  const was = level.m
  mask(fiber, true)
  return {
    a: acquire,
    b: (resource) => {
      const free = (exit: Node): Node => {
        level.m = true
        return {
          a: { a: { v: resource }, b: release },
          b: () => exit,
          f: (second) => "v" in exit ? second : worse(exit as Failure, second)
        }
      }
      fiber.k.push({ b: (v) => free({ v }), x: free })
      const used = use(resource)
      level.m = was
      return isHit(level) ? interrupted : used
    }
  }
}

/** Runs `self` so that it can be interrupted, or not at all when it already is. */
export const unmasked = (fiber: Fiber, self: Node): Node => {
  if (!fiber.l.m) return self
  mask(fiber, false)
  return isHit(fiber.l) ? interrupted : self
}
