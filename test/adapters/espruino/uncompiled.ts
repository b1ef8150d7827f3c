/**
 * In place of src/adapters/espruino/runtime/shape.ts: effects that can be yielded and piped, for a program as it is
 * written.
 */

interface Pipeable {
  pipe: (...fs: ReadonlyArray<(value: unknown) => unknown>) => unknown
  [Symbol.iterator]: () => Iterator<unknown>
}

const methods: Pipeable & ThisType<unknown> = {
  pipe(...fs) {
    return fs.reduce((value: unknown, f) => f(value), this)
  },
  *[Symbol.iterator]() {
    return yield this
  }
}

export const shaped = <A>(literal: A): A => {
  for (const key of ["pipe", Symbol.iterator] as const) {
    Object.defineProperty(literal, key, { value: methods[key], enumerable: false })
  }
  return literal
}

const yielding = (target: object, effectOf: (self: unknown) => () => unknown): object =>
  Object.defineProperty(target, Symbol.iterator, {
    enumerable: false,
    *value(): Generator<unknown> {
      return yield effectOf(this)
    }
  })

export const failing = (prototype: object, fail: (error: unknown) => never): void => {
  yielding(prototype, (error) => () => fail(error))
}

/** A class may extend it. */
export const tag = (key: string): object =>
  Object.assign(yielding(function() {}, (self) => () => (self as { v: unknown }).v), {
    key,
    of: (service: unknown) => service
  })

type Any = (...args: ReadonlyArray<unknown>) => unknown

export const dual = <A>(dataFirst: A): A => {
  const f = dataFirst as Any
  const both: Any = (...args) => args.length >= f.length ? f(...args) : (self: unknown) => f(self, ...args)
  return both as A
}
