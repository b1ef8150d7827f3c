/**
 * What waits for a loop: values go in one by one, and come out where somebody asks with `next`.
 *
 * A value that was given out counts as done when the next one is asked for, or when the loop ends. Who puts values in
 * learns of each that is done, and can wait for it.
 */

/** How it ended: without a failure, or with one that the loop throws after all values. */
type End = { readonly failure?: unknown }

/** Who asks. */
export interface Waiter<A> {
  readonly resolve: (result: IteratorResult<A, undefined>) => void
  readonly reject: (failure: unknown) => void
}

export interface Mailbox<A> {
  readonly push: (value: A) => void
  /** Values that were not given out yet, and those given out that are not done. */
  readonly size: () => number
  /** Drops the oldest value that waits. */
  readonly dropOldest: () => void
  /** The first end counts. What waits is still given out. */
  readonly end: (end?: End) => void
  /** The next value, or the end, as soon as there is one. The returned function takes the question back. */
  readonly take: (waiter: Waiter<A>) => () => void
  readonly next: () => Promise<IteratorResult<A, undefined>>
  /** What was given out is done, though nobody asks for more. */
  readonly finish: () => void
  /** The loop is left: what waits is dropped. */
  readonly leave: () => void
}

const done = { done: true, value: undefined } as const

interface State<A> {
  readonly waiting: Array<A>
  readonly waiters: Array<Waiter<A>>
  /** Given out, and not done. */
  inHand: ReadonlyArray<A>
  ended: End | undefined
}

const give = <A>(state: State<A>, value: A): IteratorResult<A, undefined> => {
  state.inHand = [...state.inHand, value]
  return { done: false, value }
}

/** A failure is thrown once; after it the loop is over. */
const settleEnd = <A>(state: State<A>, waiter: Waiter<A>): void => {
  const { ended } = state
  if (ended === undefined || !("failure" in ended)) return waiter.resolve(done)
  state.ended = {}
  waiter.reject(ended.failure)
}

const next = <A>(state: State<A>, waiter: Waiter<A>): void => {
  const value = state.waiting.shift()
  if (value !== undefined) waiter.resolve(give(state, value))
  else if (state.ended === undefined) state.waiters.push(waiter)
  else settleEnd(state, waiter)
}

/** `isDone` is called with each value when it is done, or dropped. */
export const make = <A extends {}>(isDone: (value: A) => void = () => {}): Mailbox<A> => {
  const state: State<A> = { waiting: [], waiters: [], inHand: [], ended: undefined }
  const finishInHand = () => {
    const finished = state.inHand
    state.inHand = []
    for (const value of finished) isDone(value)
  }
  const end = (how: End = {}) => {
    if (state.ended !== undefined) return
    state.ended = how
    for (const waiter of state.waiters.splice(0)) settleEnd(state, waiter)
  }
  const take = (waiter: Waiter<A>) => {
    finishInHand()
    next(state, waiter)
    return () => {
      const place = state.waiters.indexOf(waiter)
      if (place >= 0) state.waiters.splice(place, 1)
    }
  }
  return {
    push: (value) => {
      const waiter = state.waiters.shift()
      if (state.ended !== undefined) isDone(value)
      else if (waiter === undefined) state.waiting.push(value)
      else waiter.resolve(give(state, value))
    },
    size: () => state.waiting.length + state.inHand.length,
    dropOldest: () => {
      const value = state.waiting.shift()
      if (value !== undefined) isDone(value)
    },
    end,
    take,
    next: () => new Promise((resolve, reject) => void take({ resolve, reject })),
    finish: finishInHand,
    leave: () => {
      end()
      state.ended = {}
      finishInHand()
      for (const value of state.waiting.splice(0)) isDone(value)
    }
  }
}
