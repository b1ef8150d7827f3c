/** The options and the help of `dormouse announce`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const announce = Command.make("announce", Options.flags).pipe(
  Command.withDescription(
    "Makes Home Assistant show a device, or removes it: publishes one retained discovery message. This costs the device nothing."
  ),
  Command.withShortDescription("Show a device in Home Assistant"),
  Command.withExamples([
    { command: "dormouse announce --config device.json", description: "To the Server of the file" },
    { command: "dormouse announce --config device.json --print", description: "What would be published, and where" },
    { command: "dormouse announce --config device.json --remove", description: "Removes it again" }
  ])
)
