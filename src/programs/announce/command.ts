/** The options and the help of `dormouse announce`. What it does is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const announce = Command.make("announce", Options.flags).pipe(
  Command.withDescription(
    "Makes Home Assistant show a device, or takes it away: publishes one retained discovery message. The device itself spends nothing on it."
  ),
  Command.withShortDescription("Show a device in Home Assistant"),
  Command.withExamples([
    { command: "dormouse announce --config device.json", description: "To the Server of the file" },
    { command: "dormouse announce --config device.json --print", description: "What would be published, and where" },
    { command: "dormouse announce --config device.json --remove", description: "Takes it away again" }
  ])
)
