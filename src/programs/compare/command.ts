/** The options and the help of `dormouse compare`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const compare = Command.make("compare", Options.flags).pipe(
  Command.withDescription(
    "Puts what the simulation predicts beside what devices report in their status: how long they are awake and the radio is on, their tries, their battery. Says which figures of the energy model that corrects, when the battery is empty, and which devices deviate."
  ),
  Command.withShortDescription("Compare the simulation with what devices report"),
  Command.withExamples([
    { command: "dormouse compare --config device.json --readings readings.db", description: "One device" },
    {
      command: "dormouse compare --config device.json --readings readings.db --board esp32-c3 --write mine.json",
      description: "And keep the corrected figures, for simulate --energy mine.json"
    }
  ])
)
