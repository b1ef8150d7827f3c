/** The options and the help of `dormouse check`. What it does is loaded when it is called. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Shared from "../dormouse/SharedOptions.ts"

export const check = Command.make("check", {
  file: Argument.String("file").pipe(Argument.withDescription("The device's file, JSON; - for standard input")),
  board: Shared.board(
    "Also by what this board can do and has the memory for, as bundle does, and by its pins (pins an ESP32 does not have are warnings)"
  ),
  strict: Shared.toggle("strict", "Warnings are errors")
}).pipe(
  Command.withDescription(
    "Everything that is wrong with a device's file, each with its line and column, what was found and what would be right. Exit code 1 when there are errors."
  ),
  Command.withShortDescription("Find what is wrong with a device's file"),
  Command.withExamples([
    { command: "dormouse check device.json", description: "Says what is wrong, or that nothing is" },
    {
      command: "dormouse check --strict --board esp32-c3 device.json",
      description: "For one board, and warnings are errors"
    },
    { command: "jq '.update_interval = 600' device.json | dormouse check -", description: "Before it is written" }
  ])
)
