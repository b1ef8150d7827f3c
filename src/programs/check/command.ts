/** The options and the help of `dormouse check`. Its code is loaded when it is called. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Shared from "../dormouse/SharedOptions.ts"

export const check = Command.make("check", {
  file: Argument.String("file").pipe(Argument.withDescription("The device's file, JSON; - for standard input")),
  board: Shared.board(
    "Also checks, as bundle does, what this board can do and has memory for, and its pins (pins that an ESP32 does not have are warnings)"
  ),
  strict: Shared.toggle("strict", "Treat warnings as errors")
}).pipe(
  Command.withDescription(
    "Reports every mistake in a device's file, with its line and column, what was found and what is allowed. The exit code is 1 if there are errors."
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
