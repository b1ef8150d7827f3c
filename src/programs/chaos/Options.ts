/**
 * The options of the command line, and what is wrong with them.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { Refusal } from "../simulate/Options.ts"

const mostYears = 1_000_000

export const flags = {
  seed: Flag.String("seed").pipe(
    Flag.filter((seed) => seed !== "", () => "a number or a text"),
    Flag.withDescription("The first seed; the lives that follow have the seeds after it (1)"),
    Flag.withDefault("1")
  ),
  years: Flag.Finite("years").pipe(
    Flag.filter((years) => years >= 0 && years <= mostYears, () => "a number from 0 to " + mostYears),
    Flag.withDescription("Simulated years to live in all; 0: the life of the one seed (10)"),
    Flag.optional
  ),
  wakes: Flag.Int("wakes").pipe(
    Flag.filter((wakes) => wakes >= 1 && wakes <= 1_000_000, () => "a whole number from 1 to 1000000"),
    Flag.withDescription("Wakes in one life; the seed draws the time between two of them, 5 minutes to 6 hours (2500)"),
    Flag.withDefault(2_500)
  ),
  only: Flag.String("only").pipe(
    Flag.withMetavar("NUMBERS"),
    Flag.withDescription("Only these faults of the seed's plan strike: numbers with commas between them, or none"),
    Flag.optional
  )
}

export interface Given {
  readonly seed: string
  readonly years: Option.Option<number>
  readonly wakes: number
  readonly only: Option.Option<string>
}

/** The faults of `--only`; undefined: all. */
export const only = <F>(given: Given, plan: ReadonlyArray<F>): Effect.Effect<ReadonlyArray<F>, Refusal> => {
  if (Option.isNone(given.only)) return Effect.succeed(plan)
  const text = given.only.value.trim()
  const numbers = text === "none" ? [] : text.split(",").map((one) => one.trim())
  const wrong = numbers.find((one) => !/^\d{1,9}$/.test(one) || Number(one) >= plan.length)
  if (wrong !== undefined) {
    const message = plan.length === 0
      ? "--only must be none, for the plan of this seed has no faults, but has " + JSON.stringify(wrong)
      : "--only must be numbers from 0 to " + (plan.length - 1) + " with commas between them, or none, but has " + JSON.stringify(wrong)
    return Effect.fail(new Refusal({ message }))
  }
  const wanted = new Set(numbers.map(Number))
  return Effect.succeed(plan.filter((_, index) => wanted.has(index)))
}
