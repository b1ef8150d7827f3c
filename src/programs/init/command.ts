/** The options and the help of `dormouse init`. What it does is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const init = Command.make("init", Options.flags).pipe(
  Command.withDescription(
    "A new device's file, from a few questions; without a terminal, or with --yes, from the options alone. Beside it goes the JSON Schema by which an editor knows the file's keys."
  ),
  Command.withShortDescription("Make a new device's file"),
  Command.withExamples([
    { command: "dormouse init", description: "Asks, and writes device.json" },
    {
      command:
        "dormouse init --yes --name \"Living room\" --sensor dht22 --pin 4 --ssid home --server mqtt://192.168.1.10",
      description: "Asks nothing"
    }
  ])
)
