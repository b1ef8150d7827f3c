/** Chance that a seed fixes: the same seed gives the same life. */

export interface Chance {
  /** From 0 up to 1. */
  readonly next: () => number
  /** A whole number from `min` to `max`, both included. */
  readonly whole: (min: number, max: number) => number
  readonly one: <A>(all: ReadonlyArray<A>) => A
  readonly is: (probability: number) => boolean
}

const hash = (text: string): number => {
  let value = 2_166_136_261
  for (const byte of Buffer.from(text)) value = Math.imul(value ^ byte, 16_777_619)
  return value >>> 0
}

/** Mulberry32 (Tommy Ettinger), begun with a hash of the seed. */
export const make = (seed: string): Chance => {
  let state = hash(seed)
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let value = Math.imul(state ^ (state >>> 15), 1 | state)
    value = (value + Math.imul(value ^ (value >>> 7), 61 | value)) ^ value
    return ((value ^ (value >>> 14)) >>> 0) / 4_294_967_296
  }
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1))
  return {
    next,
    whole,
    one: <A>(all: ReadonlyArray<A>): A => all[whole(0, all.length - 1)] as A,
    is: (probability) => next() < probability
  }
}
