/**
 * Random numbers for plain code: a seeded stream, Effect's own generator without the Effect around it.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

/** The next number, 0 to 1 (exclusive). */
export type Chance = () => number

/** The same seed gives the same numbers. */
export const make = (seed: string): Chance =>
  Effect.runSync(Random.withSeed(Effect.map(Random.Random, (random) => () => random.nextDoubleUnsafe()), seed))

/** A whole number from `least` to `most`. */
export const whole = (chance: Chance, least: number, most: number): number =>
  least + Math.floor(chance() * (most - least + 1))

/** A number from `least` to `most`, as often below their geometric mean as above it. */
export const scale = (chance: Chance, least: number, most: number): number => least * Math.pow(most / least, chance())
