/** The options and the help of `dormouse run`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const run = Command.make("run", Options.flags).pipe(
  Command.withDescription(
    "Runs the device on this machine against its real Server, wake after wake in real time, until Ctrl-C. Pending messages are kept for the next run. Each run begins with a try; after that the reconnect policy applies."
  ),
  Command.withShortDescription("Run a device here against its real Server"),
  Command.withExamples([
    { command: "dormouse run --config device.json", description: "Until Ctrl-C" },
    {
      command: "dormouse run --config device.json --server mqtt://localhost --wakes 3 --messages",
      description: "Three wakes against another Server, with what is sent"
    }
  ])
)
