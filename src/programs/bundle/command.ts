/** The options and the help of `dormouse bundle`. What it does is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const bundle = Command.make("bundle", Options.flags).pipe(
  Command.withDescription("The device program and one device's configuration as one script for a board."),
  Command.withShortDescription("The program for a board"),
  Command.withExamples([
    {
      command: "dormouse bundle --config device.json",
      description: "Writes " + Options.usualOut + " and the files beside it"
    },
    {
      command: "dormouse bundle --config device.json --runtime effect",
      description: "With effect's own runtime, for boards with PSRAM"
    }
  ])
)
