/**
 * What only a program needs that was not compiled: effects that can be yielded and piped, functions that take their
 * subject last. A bundle for a board has no generators and pipes left, so there both are the identity, which esbuild
 * inlines: an effect is a plain literal, and a function has one form. Tests that run the program as it is written use
 * `test/adapters/espruino/uncompiled.ts` in place of this file.
 */

/** Makes an effect of `literal`. */
export function shaped<A>(literal: A): A {
  return literal
}

/** Makes errors with this prototype effects that fail with themselves. */
export function failing(_prototype: object, _fail: (error: unknown) => never): void {}

/** A service's tag; the service will be in its field `v`. */
export function tag(_key: string): object {
  return {}
}

/** Adds the data-last form to `dataFirst`. */
export function dual<A>(dataFirst: A): A {
  return dataFirst
}
