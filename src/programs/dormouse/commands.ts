/**
 * Every command of `dormouse`: its options and its help. What it does is elsewhere and is loaded when it is called, so
 * that help and completions come at once.
 */
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as BundleOptions from "../bundle/Options.ts"
import * as ChaosOptions from "../chaos/Options.ts"
import * as FlashOptions from "../flash/Options.ts"
import * as SimulateOptions from "../simulate/Options.ts"
import * as Shared from "../simulate/SharedOptions.ts"
import * as AnnounceOptions from "./AnnounceOptions.ts"
import * as InitOptions from "./init/Options.ts"
import * as RunOptions from "./RunOptions.ts"

export const init = Command.make("init", InitOptions.flags).pipe(
  Command.withDescription("A new device's file, from a few questions; without a terminal, or with --yes, from the options alone. Beside it goes the JSON Schema by which an editor knows the file's keys."),
  Command.withShortDescription("Make a new device's file"),
  Command.withExamples([
    { command: "dormouse init", description: "Asks, and writes device.json" },
    { command: "dormouse init --yes --name \"Living room\" --sensor dht22 --pin 4 --ssid home --server mqtt://192.168.1.10", description: "Asks nothing" }
  ])
)

export const check = Command.make("check", {
  file: Argument.String("file").pipe(Argument.withDescription("The device's file, JSON; - for standard input")),
  board: Shared.board("Also by what this board can do and has the memory for, as bundle does, and by its pins (pins an ESP32 does not have are warnings)"),
  strict: Shared.toggle("strict", "Warnings are errors")
}).pipe(
  Command.withDescription("Everything that is wrong with a device's file, each with its line and column, what was found and what would be right. Exit code 1 when there are errors."),
  Command.withShortDescription("Find what is wrong with a device's file"),
  Command.withExamples([
    { command: "dormouse check device.json", description: "Says what is wrong, or that nothing is" },
    { command: "dormouse check --strict --board esp32-c3 device.json", description: "For one board, and warnings are errors" },
    { command: "jq '.update_interval = 600' device.json | dormouse check -", description: "Before it is written" }
  ])
)

export const schema = Command.make("schema").pipe(
  Command.withDescription("The JSON Schema of a device's file, on standard output: every key with its meaning, default, unit and range."),
  Command.withShortDescription("Print the JSON Schema of a device's file"),
  Command.withExamples([
    { command: "dormouse schema > device.schema.json", description: "Then, in the file: \"$schema\": \"./device.schema.json\"" }
  ])
)

export const simulate = Command.make("simulate", SimulateOptions.flags).pipe(
  Command.withDescription("30 days of a device that sleeps, in a few seconds; or its next wake against a real Server."),
  Command.withShortDescription("Days of a device in seconds, or one wake against a real Server"),
  Command.withExamples([
    { command: "dormouse simulate", description: "A month with an outage, a Wi-Fi gap, and an update" },
    { command: "dormouse simulate --story flaky --days 7 --seed 42", description: "Another week" },
    { command: "dormouse simulate --config device.json --verbose", description: "Your device, wake by wake" },
    { command: "dormouse simulate --report out.html --compare other.json", description: "A report with pictures, two devices side by side" },
    { command: "dormouse simulate --fleet 1000 --days 3", description: "A thousand of them, and how they come back from an outage" },
    { command: "dormouse simulate --server mqtt://localhost", description: "One wake against the Server on this machine" }
  ])
)

export const run = Command.make("run", RunOptions.flags).pipe(
  Command.withDescription("The device on this machine against its real Server, wake after wake in real time, until Ctrl-C. What it owes outlives the run; each run begins with a try, and between its wakes the reconnect policy holds."),
  Command.withShortDescription("Run a device here against its real Server"),
  Command.withExamples([
    { command: "dormouse run --config device.json", description: "Until Ctrl-C" },
    { command: "dormouse run --config device.json --server mqtt://localhost --wakes 3 --messages", description: "Three wakes against another Server, with what is sent" }
  ])
)

export const announce = Command.make("announce", AnnounceOptions.flags).pipe(
  Command.withDescription("Makes Home Assistant show a device, or takes it away: publishes one retained discovery message. The device itself spends nothing on it."),
  Command.withShortDescription("Show a device in Home Assistant"),
  Command.withExamples([
    { command: "dormouse announce --config device.json", description: "To the Server of the file" },
    { command: "dormouse announce --config device.json --print", description: "What would be published, and where" },
    { command: "dormouse announce --config device.json --remove", description: "Takes it away again" }
  ])
)

export const bundle = Command.make("bundle", BundleOptions.flags).pipe(
  Command.withDescription("The device program and one device's configuration as one script for a board."),
  Command.withShortDescription("The program for a board"),
  Command.withExamples([
    { command: "dormouse bundle --config device.json", description: "Writes " + BundleOptions.usualOut + " and the files beside it" },
    { command: "dormouse bundle --config device.json --runtime effect", description: "With effect's own runtime, for boards with PSRAM" }
  ])
)

export const flash = Command.make("flash", FlashOptions.flash).pipe(
  Command.withDescription("Puts the bundle on a board with Espruino's firmware and starts it. Replaces all that the board has stored."),
  Command.withShortDescription("Put the program on a board"),
  Command.withExamples([
    { command: "dormouse flash --port /dev/ttyUSB0", description: "Puts " + BundleOptions.usualOut + " on the board" },
    { command: "dormouse flash --port /dev/ttyUSB0 --config device.json", description: "Bundles first" }
  ])
)

export const monitor = Command.make("monitor", FlashOptions.monitor).pipe(
  Command.withDescription("What a board says: its events in words, everything else as it comes."),
  Command.withShortDescription("Listen to a board"),
  Command.withExamples([
    { command: "dormouse monitor --port /dev/ttyUSB0", description: "Until Ctrl-C" },
    { command: "dormouse monitor --port /dev/ttyUSB0 --seconds 60", description: "For a minute" }
  ])
)

export const chaos = Command.make("chaos", ChaosOptions.flags).pipe(
  Command.withDescription("Years of devices in worlds full of faults, all from one seed, with every promise checked at every step."),
  Command.withShortDescription("Years of devices under faults, every promise checked"),
  Command.withExamples([
    { command: "dormouse chaos", description: "Ten years, from seed 1" },
    { command: "dormouse chaos --seed 4711 --years 100", description: "A hundred years, from another" },
    { command: "dormouse chaos --seed 17 --only 3,9", description: "The life of one seed with two of its faults" }
  ])
)

export const sign = Command.make("sign", {
  config: Shared.config(", with mqtt.config_secret"),
  update: Argument.String("update").pipe(Argument.withDescription("The update, JSON, with a version"))
}).pipe(
  Command.withDescription("An update as the payload that a device with a secret takes."),
  Command.withShortDescription("Sign a configuration update"),
  Command.withExamples([
    { command: "dormouse sign --config device.json update.json > signed", description: "Then: mosquitto_pub -r -t home/config -f signed" }
  ])
)
