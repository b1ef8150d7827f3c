/** The options and the help of `dormouse schema`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"

export const schema = Command.make("schema").pipe(
  Command.withDescription(
    "The JSON Schema of a device's file, on standard output: every key with its meaning, default, unit and range."
  ),
  Command.withShortDescription("Print the JSON Schema of a device's file"),
  Command.withExamples([
    {
      command: "dormouse schema > device.schema.json",
      description: "Then, in the file: \"$schema\": \"./device.schema.json\""
    }
  ])
)
