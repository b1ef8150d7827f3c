/** The options and the help of `dormouse monitor`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "../flash/Options.ts"

export const monitor = Command.make("monitor", Options.monitor).pipe(
  Command.withDescription("Shows what a board reports: its events in words, everything else unchanged."),
  Command.withShortDescription("Listen to a board"),
  Command.withExamples([
    { command: "dormouse monitor --port /dev/ttyUSB0", description: "Until Ctrl-C" },
    { command: "dormouse monitor --port /dev/ttyUSB0 --seconds 60", description: "For a minute" }
  ])
)
