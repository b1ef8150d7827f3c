/** The options and the help of `dormouse collect`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const collect = Command.make("collect", Options.flags).pipe(
  Command.withDescription(
    "Stores the readings of any number of devices, each once and with the time when it was taken, until Ctrl-C. A reading is acknowledged when it is stored; what comes while the collector is away is kept by the Server."
  ),
  Command.withShortDescription("Store the readings of devices"),
  Command.withExamples([
    { command: "dormouse collect --broker mqtt://localhost --out readings.db", description: "Into a SQLite file" },
    {
      command: "dormouse collect --broker mqtt://localhost --topic 'garden/+/data' --format csv",
      description: "Other topics, as lines"
    },
    {
      command: "dormouse collect --broker mqtt://localhost --out a.db --share store --client-id store-a",
      description: "One of several collectors that share the readings"
    },
    { command: "dormouse collect --out readings.db --report readings.html", description: "Pictures of what is stored" }
  ])
)
