/** The options and the help of `dormouse chaos`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const chaos = Command.make("chaos", Options.flags).pipe(
  Command.withDescription(
    "Simulates years of devices under many faults, all from one seed, and checks every promise at every step."
  ),
  Command.withShortDescription("Simulate years of devices under faults, and check every promise"),
  Command.withExamples([
    { command: "dormouse chaos", description: "Ten years, from seed 1" },
    { command: "dormouse chaos --seed 4711 --years 100", description: "A hundred years, from another" },
    { command: "dormouse chaos --seed 17 --only 3,9", description: "The life of one seed with two of its faults" }
  ])
)
