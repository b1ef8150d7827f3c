/**
 * What waits for a loop: values go in one by one, and come out where somebody asks with `next`.
 *
 * A value that was given out counts as done when the next one is asked for, or when the loop ends. Who puts values in
 * learns of each that is done, and can wait for it.
 */

/** How it ended: without a failure, or with one that the loop throws after all values. */
type End = { readonly failure?: unknown }

interface Waiter<A> {
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
  readonly next: () => Promise<IteratorResult<A, undefined>>
  /** The loop is left: what waits is dropped. */
  readonly leave: () => void
}

const done = { done: true, value: undefined } as const

/** `isDone` is called with each value when it is done, or dropped. */
export const make = <A>(isDone: (value: A) => void = () => {}): Mailbox<A> => {
  const waiting: Array<A> = []
  const waiters: Array<Waiter<A>> = []
  let inHand: ReadonlyArray<A> = []
  let ended: End | undefined

  const finishInHand = () => {
    const finished = inHand
    inHand = []
    for (const value of finished) isDone(value)
  }
  const give = (value: A): IteratorResult<A, undefined> => {
    inHand = [...inHand, value]
    return { done: false, value }
  }
  const settleEnd = (waiter: Waiter<A>) => {
    if (ended !== undefined && "failure" in ended) {
      const { failure } = ended
      // Thrown once; after it the loop is over.
      ended = {}
      waiter.reject(failure)
    } else waiter.resolve(done)
  }
  const end = (how: End = {}) => {
    if (ended !== undefined) return
    ended = how
    for (const waiter of waiters.splice(0)) settleEnd(waiter)
  }
  return {
    push: (value) => {
      const waiter = ended === undefined ? waiters.shift() : undefined
      if (ended !== undefined) isDone(value)
      else if (waiter === undefined) waiting.push(value)
      else waiter.resolve(give(value))
    },
    size: () => waiting.length + inHand.length,
    dropOldest: () => {
      const value = waiting.shift()
      if (value !== undefined) isDone(value)
    },
    end,
    next: () =>
      new Promise((resolve, reject) => {
        finishInHand()
        const value = waiting.shift()
        if (value !== undefined) resolve(give(value))
        else if (ended === undefined) waiters.push({ resolve, reject })
        else settleEnd({ resolve, reject })
      }),
    leave: () => {
      end()
      ended = {}
      finishInHand()
      for (const value of waiting.splice(0)) isDone(value)
    }
  }
}
