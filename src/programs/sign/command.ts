/** The options and the help of `dormouse sign`. Its code is loaded when it is called. */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Shared from "../dormouse/SharedOptions.ts"

export const sign = Command.make("sign", {
  config: Shared.config("The device's file, JSON, with mqtt.config_secret"),
  update: Argument.String("update").pipe(Argument.withDescription("The update, JSON, with a version"))
}).pipe(
  Command.withDescription("An update as the payload that a device with a secret takes."),
  Command.withShortDescription("Sign a configuration update"),
  Command.withExamples([
    {
      command: "dormouse sign --config device.json update.json > signed",
      description: "Then: mosquitto_pub -r -t home/config -f signed"
    }
  ])
)
