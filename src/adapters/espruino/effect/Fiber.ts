/**
 * What runs an effect: one fiber with a stack of what goes on after a value, and after a failure.
 *
 * An effect is a function that does what it stands for: it returns its value, or `waiting` when that comes later, or throws
 * a Failure. Whoever needs the value of one puts a function that takes it on the stack and then calls the effect, or puts the
 * effect on top of it, which keeps the C stack of an interpreter low. So a board pays for no data that stands for effects.
 *
 * A time-out is a level of the fiber with a timer: what effect does with two fibers and a race. A level may be masked;
 * interruption reaches a level through all unmasked levels below it. Names are one letter because a board pays for more.
 */

/** An effect. */
export type Node = () => unknown

/** Goes on with a value, as an effect does. */
export type Next = (value: unknown) => unknown

/** Why an effect failed, thrown: one reason, the one that effect's handlers would go by. */
export interface Failure {
  /** 0 interrupted, 1 failed with `e`, 2 died of `e`. */
  readonly k: 0 | 1 | 2
  readonly e?: unknown
}

/** What goes on after a failure: a handler `f`, or `x`, what must be done in any case. It lies below what it guards. */
export interface Frame {
  readonly f: ((failure: Failure) => unknown) | undefined
  readonly x: ((failure: Failure) => unknown) | undefined
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
  readonly k: Array<Next | Frame>
  l: Level
  /** Counts the waits; `w` is the number of the present one, 0 while running; `c` its canceller. */
  n: number
  w: number
  c: Node | undefined
}

/** What an effect returns whose value comes later. */
export const waiting: object = {}

/** Of the fiber that runs. */
export let stack: Array<Next | Frame> = []
let current: Fiber
/** Whether any level has ever been interrupted: who asks need not look at each, as long as none was. */
let isAny = false

export const interrupted: Failure = { k: 0 }

export const fail = (e: unknown): never => {
  const failure: Failure = { k: 1, e }
  throw failure
}

export const die = (e: unknown): never => {
  const failure: Failure = { k: 2, e }
  throw failure
}

const failureOf = (thrown: unknown): Failure =>
  thrown && (thrown as Failure).k >= 0 ? thrown as Failure : { k: 2, e: thrown }

/** Whether the interruption of this level or of one around it has to be heeded now. */
const isHit = (level: Level): boolean => !level.m && (level.i || (level.u !== undefined && isHit(level.u)))

const heed = (level: Level): void => {
  if (isAny && isHit(level)) throw interrupted
}

/** Runs `self`; then `next`, which must first call `guarded`, or what `frame` says of a failure. */
export const guard = (self: Node, next: Next, f: Frame["f"], x?: Frame["x"]): void => {
  stack.push({ f, x }, next, self)
}

/** The value of a guarded effect has come. */
export const guarded = (): void => {
  stack.pop()
}

/** To the next handler, which an interruption passes by: an error on its way is one too, from there on. */
const unwind = (thrown: unknown): void => {
  let failure = failureOf(thrown)
  let frame
  while ((frame = stack.pop())) {
    if (typeof frame === "function") continue
    const handle = frame.x ?? (isHit(current.l) ? undefined : frame.f)
    if (handle) {
      // Through the loop, so that a handler that throws or gives no effect is a defect.
      stack.push(() => handle(failure))
      return
    }
    if (failure.k === 1) failure = interrupted
  }
}

/** Runs `effect` until the fiber waits or ends. */
const run = (fiber: Fiber, effect: Node): void => {
  const before = current
  current = fiber
  stack = fiber.k
  stack.push(effect)
  let value: unknown
  while (value !== waiting) {
    try {
      while (value !== waiting) value = (stack.pop() as Next)(value)
    } catch (thrown) {
      unwind(thrown)
    }
  }
  current = before
  if (before) stack = before.k
}

/** Starts to run `effect`. `end`, which must not throw, is given `{v}` or a Failure. */
export const start = (effect: Node, end?: (exit: { readonly v: unknown } | Failure) => void): Fiber => {
  const over = (exit: { readonly v: unknown } | Failure) => {
    if (end) end(exit)
    return waiting
  }
  const fiber: Fiber = { k: [{ f: undefined, x: over }, (v) => over({ v })], l: { m: false, i: false }, n: 0, w: 0, c: undefined }
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

/** Waits for `register` to call back with an effect. What it returns is run when the wait is interrupted. */
export const wait = (register: (resume: (effect: Node) => void) => Node | undefined): unknown => {
  const fiber = current
  const turn = ++fiber.n
  let early: Node | undefined
  const cancel = register((effect) => {
    if (fiber.w === turn) {
      fiber.w = 0
      run(fiber, effect)
    } else if (!early) early = effect
  })
  if (early) return early()
  fiber.w = turn
  fiber.c = cancel
  arm(fiber, fiber.l)
  return waiting
}

/** Masks or unmasks the fiber until `self` has ended. */
const masked = (isMasked: boolean, self: Node): unknown => {
  const level = current.l
  const was = level.m
  level.m = isMasked
  return guard(self, (value) => {
    guarded()
    level.m = was
    heed(level)
    return value
  }, undefined, (failure) => {
    level.m = was
    throw failure
  })
}

/** Interrupts a level, by default all of the fiber: now if it waits and may be interrupted, else as soon as it may. */
export const interrupt = (fiber: Fiber, level: Level): void => {
  level.i = isAny = true
  if (!fiber.w || !isHit(fiber.l)) return
  const cancel = fiber.c
  fiber.w = 0
  run(fiber, () => {
    stack.push(() => {
      throw interrupted
    })
    return cancel ? masked(true, cancel) : undefined
  })
}

/** Runs `self` for at most `millis`, counted from its first wait. */
export const limit = (self: Node, millis: number, orElse: () => Node): unknown => {
  const outer = current.l
  const level: Level = { m: false, i: false, u: outer, d: millis, w: undefined }
  const leave = () => {
    if (level.w) clearTimeout(level.w as number)
    current.l = outer
    heed(outer)
    return level.i
  }
  current.l = level
  return guard(self, (value) => {
    guarded()
    return leave() ? orElse()() : value
  }, undefined, (failure) => {
    if (leave()) return orElse()()
    throw failure
  })
}

/** Of two failures the worse one is kept: a defect before an error before an interruption, and then the first. */
const worse = (first: Failure, second: Failure): Failure =>
  first.k === 0 ? second : second.k === 2 ? { k: 2, e: first.e } : first

/** Acquires and releases masked; `use` runs as interruptible as the whole. */
export const bracket = (acquire: Node, use: (resource: unknown) => Node, release: (resource: unknown) => Node): unknown => {
  const level = current.l
  const was = level.m
  const used = (resource: unknown): unknown => {
    const free = (done: Next, failed: (second: Failure) => never) => {
      level.m = true
      return guard(() => release(resource)(), done, failed)
    }
    return guard(
      () => {
        const effect = use(resource)
        level.m = was
        heed(level)
        return effect()
      },
      (value) => {
        guarded()
        return free(() => {
          guarded()
          return value
        }, (second) => {
          throw second
        })
      },
      undefined,
      (first) =>
        free(() => {
          guarded()
          throw first
        }, (second) => {
          throw worse(first, second)
        })
    )
  }
  return masked(true, () => {
    stack.push(used, acquire)
  })
}

/** Runs `self` so that it can be interrupted, or not at all when it already is. */
export const unmasked = (self: Node): unknown => {
  if (!current.l.m) return self()
  return masked(false, () => {
    heed(current.l)
    return self()
  })
}
