/**
 * Numbers that look random, all from one seed: sfc32 of PractRand, because it is good, quick, and a few lines.
 */
export interface Chance {
  /** A whole number from 0 to below `limit`, which is at most 2^32. */
  readonly below: (limit: number) => number
  readonly oneOf: <A>(values: ReadonlyArray<A>) => A
}

/** FNV-1a, for seeds that are text. */
export const hash = (text: string): number => {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** The chance of one input: what it gives does not depend on how many were made before. */
export const make = (seed: number, number: number): Chance => {
  let a = seed | 0
  let b = number | 0
  let c = Math.floor(number / 0x1_0000_0000) | 0
  let counter = 1
  const next = (): number => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ b >>> 9
    b = (c + (c << 3)) | 0
    c = ((c << 21 | c >>> 11) + sum) | 0
    return sum >>> 0
  }
  // Until two neighbouring numbers have nothing in common.
  for (let i = 0; i < 12; i++) next()
  const below = (limit: number) => Math.floor(next() / 0x1_0000_0000 * limit)
  return { below, oneOf: (values) => values[below(values.length)] as never }
}
