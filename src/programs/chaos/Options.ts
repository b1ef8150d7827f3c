/**
 * The options of the command line, and what is wrong with them.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { Refusal } from "../dormouse/Refusal.ts"
import * as Shared from "../dormouse/SharedOptions.ts"

const maxYears = 1_000_000

export const flags = {
  seed: Shared.seed("The first seed; the lives that follow have the seeds after it").pipe(Flag.withDefault("1")),
  years: Flag.Finite("years").pipe(
    Flag.filter((years) => years >= 0 && years <= maxYears, () => "a number from 0 to " + maxYears),
    Flag.withDescription("How many years to simulate in total; 0: only the life of this seed (10)"),
    Flag.optional
  ),
  wakes: Shared.wakes("Wakes in one life; the seed draws the time between two of them, 5 minutes to 6 hours (2500)",
    1_000_000).pipe(
      Flag.withDefault(2_500)
    ),
  only: Shared.only("Inject only these faults of the seed's plan: numbers with commas between them, or none")
}

export type Given = Command.Command.Config.Infer<typeof flags>

/** The faults of `--only`; undefined: all. */
export const only = <F>(given: Given, plan: ReadonlyArray<F>): Effect.Effect<ReadonlyArray<F>, Refusal> => {
  if (Option.isNone(given.only)) return Effect.succeed(plan)
  const chosen = Shared.chosen(given.only.value, plan)
  return typeof chosen === "string" ? Effect.fail(new Refusal({ message: chosen })) : Effect.succeed(chosen)
}
