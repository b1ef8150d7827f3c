/** The options and the help of `dormouse bundle`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const bundle = Command.make("bundle", Options.flags).pipe(
  Command.withDescription("Makes one script for a board from the device program and one device's configuration."),
  Command.withShortDescription("Make the program for a board"),
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
