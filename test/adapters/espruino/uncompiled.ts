/** In place of src/adapters/espruino/effect/shape.ts: effects that can be yielded and piped, for a program as it is written. */

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

/** A class may extend it. */
export const tag = (key: string): object => Object.assign(shaped(function() {}), { key, of: (service: unknown) => service })

type Any = (...args: ReadonlyArray<unknown>) => unknown

export const dual = <A>(dataFirst: A): A => {
  const f = dataFirst as Any
  const both: Any = (...args) => args.length >= f.length ? f(...args) : (self: unknown) => f(self, ...args)
  return both as A
}
