/**
 * What only a program that was not compiled needs: effects that can be yielded and piped, functions that take their
 * subject last. A bundle for a board has generators and pipes compiled away, so there both are the identity, which
 * esbuild inlines: an effect is a bare literal, and a function has one form. Tests that run the program as it is
 * written put `test/adapters/espruino/uncompiled.ts` in this file's place.
 */

/** Makes an effect of `literal`. */
export function shaped<A>(literal: A): A {
  return literal
}

/** Makes errors of this prototype effects that fail with themselves. */
export function failing(_prototype: object, _fail: (error: unknown) => never): void {}

/** A service's tag; the service will be in its field `v`. */
export function tag(_key: string): object {
  return {}
}

/** Gives `dataFirst` its data-last form too. */
export function dual<A>(dataFirst: A): A {
  return dataFirst
}
