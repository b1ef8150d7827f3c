/**
 * The failure of a simulated world that works without time passing, so that it does not run for ever.
 *
 * It is a fault of the program or of the simulated world, never of a user. The program that runs the world knows its
 * seed and reports it.
 */
import * as Data from "effect/Data"

/** `at` is the world's time in milliseconds; `steps` is how much was done without a millisecond passing. */
export class Standstill extends Data.TaggedError("Standstill")<{
  readonly at: number
  readonly steps: number
}> {}
