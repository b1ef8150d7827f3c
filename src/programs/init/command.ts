/** The options and the help of `dormouse init`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const init = Command.make("init", Options.flags).pipe(
  Command.withDescription(
    "Writes a new device's file. It asks a few questions; without a terminal, or with --yes, it uses only the options. Beside the file it writes the JSON Schema from which an editor knows the keys."
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
