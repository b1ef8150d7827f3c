/** The options and the help of `dormouse chaos`. What it does is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const chaos = Command.make("chaos", Options.flags).pipe(
  Command.withDescription(
    "Years of devices in worlds full of faults, all from one seed, with every promise checked at every step."
  ),
  Command.withShortDescription("Years of devices under faults, every promise checked"),
  Command.withExamples([
    { command: "dormouse chaos", description: "Ten years, from seed 1" },
    { command: "dormouse chaos --seed 4711 --years 100", description: "A hundred years, from another" },
    { command: "dormouse chaos --seed 17 --only 3,9", description: "The life of one seed with two of its faults" }
  ])
)
