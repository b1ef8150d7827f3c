/** The options and the help of `dormouse simulate`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import * as Options from "./Options.ts"

export const simulate = Command.make("simulate", Options.flags).pipe(
  Command.withDescription(
    "Simulates 30 days of a device that sleeps, in a few seconds; or runs its next wake against a real Server."
  ),
  Command.withShortDescription("Simulate days of a device in seconds, or run one wake against a real Server"),
  Command.withExamples([
    { command: "dormouse simulate", description: "A month with an outage, a Wi-Fi gap, and an update" },
    { command: "dormouse simulate --story flaky --days 7 --seed 42", description: "Another week" },
    { command: "dormouse simulate --config device.json --verbose", description: "Your device, wake by wake" },
    {
      command: "dormouse simulate --report out.html --compare other.json",
      description: "A report with pictures, two devices side by side"
    },
    {
      command: "dormouse simulate --fleet 1000 --days 3",
      description: "A thousand of them, and how they come back from an outage"
    },
    {
      command: "dormouse simulate --server mqtt://localhost",
      description: "One wake against the Server on this machine"
    }
  ])
)
