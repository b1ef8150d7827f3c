/**
 * `npm run monitor -- --port /dev/ttyUSB0`: what a board says, until Ctrl-C. It only listens: the board is not disturbed.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { monitor } from "./flash/monitor.ts"
import * as Options from "./flash/Options.ts"
import * as Format from "./simulate/Format.ts"
import { presenter } from "./simulate/Options.ts"

const command = Command.make("monitor", Options.monitor, (given) =>
  Effect.gen(function*() {
    const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
    const paint = canColor ? Format.coloured : Format.plain
    yield* monitor(given, { columns: process.stdout.columns || 100, paint, print: Console.log })
  }).pipe(Effect.tapErrorTag("FlashError", ({ message }) => Console.error(message)))).pipe(
    Command.withDescription("What a board says: its events in words, everything else as it comes."),
    Command.withExamples([
      { command: "npm run monitor -- --port /dev/ttyUSB0", description: "Until Ctrl-C" },
      { command: "npm run monitor -- --port /dev/ttyUSB0 --seconds 60", description: "For a minute" }
    ])
  )

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on("error", (fault: NodeJS.ErrnoException) => process.exit(fault.code === "EPIPE" ? 0 : 1))

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), NodeServices.layer)),
  NodeRuntime.runMain
)
