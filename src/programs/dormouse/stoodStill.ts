/**
 * The message about a simulation in which time stands still: whose fault it is, where it happened, and how to see it
 * again.
 */
import type { Standstill } from "../../ports/Standstill.ts"
import * as Format from "./terminal/Format.ts"
import { Refusal } from "./Refusal.ts"

export const stoodStill = (story: string, days: number, seed: string) => ({ at, steps }: Standstill): Refusal =>
  new Refusal({
    message:
      `the simulation stopped at ${Format.dayStamps(days).at(at)}, story ${story}, seed ${seed}: ${
        Format.amount(steps)
      } steps `
      + "were done without time passing. This is a fault of Dormouse and not of your file: please report this line; another --seed may avoid it"
  })
