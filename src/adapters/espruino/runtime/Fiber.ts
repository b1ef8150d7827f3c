/**
 * Runs an effect: the one fiber of a board, with a stack of what comes next after a value and after a failure.
 *
 * An effect is a function that does its work. It returns its value; or it returns anything while the fiber waits
 * (`wanted`) for the value to come later; or it throws a Failure. Code that needs the value of an effect puts a
 * function that takes it on the stack and then calls the effect, or puts the effect on top of it. This keeps the C
 * stack of an interpreter small, and a board has no data that stands for effects.
 *
 * A time-out is a level of the fiber with a timer, where effect uses two fibers and a race. A level may be masked;
 * interruption reaches a level through all unmasked levels below it. Names have one letter because longer ones cost a
 * board more.
 */

/** An effect. */
export type Node = () => unknown

/** Continues with a value, as an effect does. */
export type Next = (value: unknown) => unknown

/** Why an effect failed, thrown: the one reason that effect's handlers would use. */
export interface Failure {
  /** 0 interrupted, 1 failed with `e`, 2 died of `e`. */
  readonly k: 0 | 1 | 2
  readonly e?: unknown
}

/**
 * What comes next after a failure, below what it guards: a handler `f`, or `x`, which must run in any case. The
 * function that takes the value of what is guarded is above it on the stack, and removes it first.
 */
export interface Frame {
  readonly f?: (failure: Failure) => unknown
  readonly x: ((failure: Failure) => unknown) | undefined
}

/** The fiber's own level, or that of a time-out, which is also its frame. */
export interface Level {
  /** Masked: not to be interrupted now. */
  m: boolean
  /** Interrupted; for a time-out: expired. It stays so. */
  i: boolean
  /** The level around this time-out, its milliseconds, its timer while that runs, and what is done instead. */
  readonly u?: Level
  readonly d?: number
  w?: unknown
  readonly o?: () => Node
  readonly x: ((failure: Failure) => unknown) | undefined
}

/** The fiber's; there is one. Starting another one gives up the first. */
export const stack: Array<Next | Frame> = []
/** Bound once: to find a method of an array costs a board as much as several calls, and these are called most of all. */
export const push = stack.push.bind(stack)
export const pop = stack.pop.bind(stack)
export let level: Level
/** Counts the waits. `wanted` is the number of the present one, 0 while running, -1 at the end. */
let turn = 0
let wanted = 0
let canceller: Node | undefined
/** Whether any level has ever been interrupted: as long as none was, no level need be looked at. */
export let isAny = false

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

/** Whether an interruption of this level or of one around it must be obeyed now. */
const isHit = ({ i, m, u }: Level): boolean => !m && (i || (u !== undefined && isHit(u)))

/** Stops here if an interruption of the present level must be obeyed now. To be called only if there is any. */
export const heed = (): void => {
  if (isHit(level)) throw interrupted
}

/**
 * Runs `self`; then `next`, which must first take `frame` from the stack, or the handler of a failure. Through the
 * loop: a call would leave less of the C stack for everything inside.
 */
export const guard = (self: Node, next: Next, frame: Frame): unknown => push(frame, next, self)

/** A `next` that changes nothing. */
export const pass: Next = (value) => {
  pop()
  return value
}

/**
 * To the next handler. An interruption passes handlers by, and so does an error from the moment when an interruption
 * arrives.
 */
const unwind = (thrown: unknown): void => {
  let failure = failureOf(thrown)
  let frame
  while ((frame = pop())) {
    if (typeof frame === "function") continue
    const handle = frame.x ?? (isHit(level) ? undefined : frame.f)
    if (handle) {
      // Through the loop, so that it is a defect if a handler throws or returns no effect.
      push(() => handle(failure))
      return
    }
    if (failure.k === 1) failure = interrupted
  }
}

/** Runs `effect` until the fiber waits or ends. */
const run = (effect: Node): void => {
  push(effect)
  let value: unknown
  // Comparing objects costs a board twenty times as much.
  while (!wanted) {
    try {
      while (!wanted) value = (pop() as Next)(value)
    } catch (thrown) {
      unwind(thrown)
    }
  }
}

/** Starts to run `effect`, and returns its level. `end`, which must not throw, gets `{v}` or a Failure. */
export const start = (effect: Node, end?: (exit: { readonly v: unknown } | Failure) => void): Level => {
  const over = (exit: { readonly v: unknown } | Failure) => {
    wanted = -1
    if (end) end(exit)
  }
  const own: Level = { m: false, i: false, x: undefined }
  level = own
  wanted = 0
  while (pop());
  push({ x: over }, (v) => over({ v }))
  run(effect)
  return own
}

const expire = (inner: Level): void => {
  inner.w = undefined
  interrupt(inner)
}

/**
 * A timer starts when the body first waits, the innermost first: as in effect, which forks the body before the timer.
 */
const arm = (inner: Level): void => {
  if (!inner.u || inner.w || inner.i) return
  inner.w = setTimeout(expire, inner.d, inner)
  arm(inner.u)
}

/** Waits for `register` to call back with an effect. What it returns is run when the wait is interrupted. */
export const wait = (register: (resume: (effect: Node) => void) => Node | undefined): unknown => {
  const mine = ++turn
  let early: Node | undefined
  const cancel = register((effect) => {
    if (wanted === mine) {
      wanted = 0
      run(effect)
    } else if (!early) early = effect
  })
  if (early) return early()
  wanted = mine
  canceller = cancel
  arm(level)
  return undefined
}

// The level is the same again when these are reached, because each one that was entered since has been left.
const unmask: Next = (value) => {
  pop()
  level.m = false
  if (isAny) heed()
  return value
}
const unmaskAnd = (failure: Failure): never => {
  level.m = false
  throw failure
}

/** Interrupts a level: now if the fiber waits and may be interrupted, else as soon as it may be. */
export const interrupt = (hit: Level): void => {
  hit.i = isAny = true
  if (wanted < 1 || !isHit(level)) return
  const cancel = canceller
  wanted = 0
  run(() => {
    push(() => {
      throw interrupted
    })
    if (!cancel) return undefined
    level.m = true
    return guard(cancel, unmask, { x: unmaskAnd })
  })
}

/** Leaves a time-out's level, which is again the present one. */
const leave = (): Level => {
  const inner = level
  if (inner.w) clearTimeout(inner.w as number)
  level = inner.u as Level
  if (isAny) heed()
  return inner
}
const inTime: Next = (value) => {
  pop()
  const { i, o } = leave()
  return i ? (o as () => Node)()() : value
}
const failedInTime = (failure: Failure): unknown => {
  const { i, o } = leave()
  if (i) return (o as () => Node)()()
  throw failure
}

/** Runs `self` for at most `millis`, counted from its first wait. */
export const limit = (self: Node, millis: number, orElse: () => Node): unknown => {
  level = { m: false, i: false, u: level, d: millis, w: undefined, o: orElse, x: failedInTime }
  return push(level, inTime, self)
}
