/**
 * `npm run flash -- --port /dev/ttyUSB0`: puts the bundle on a board that runs Espruino's firmware, and starts it.
 *
 * Everything in the board's Storage is replaced, what the device remembers included.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as CliConfig from "effect/cli/CliConfig"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import { flash } from "./flash/flash.ts"
import * as Options from "./flash/Options.ts"
import { presenter } from "./simulate/Options.ts"

const output = { isTerminal: process.stdout.isTTY, write: (text: string) => void process.stdout.write(text) }

const command = Command.make("flash", Options.flash, (given) =>
  Effect.tapErrorTag(flash(given, output), "FlashError", ({ message }) => Console.error(message))).pipe(
    Command.withDescription("Puts the bundle on a board with Espruino's firmware and starts it. Replaces all that the board has stored."),
    Command.withExamples([
      { command: "npm run flash -- --port /dev/ttyUSB0", description: "Puts dist/device.js on the board" },
      { command: "npm run flash -- --port /dev/ttyUSB0 --config device.json", description: "Bundles first" }
    ])
  )

Command.run(command, { version: "0.1.0" }).pipe(
  Effect.provide(Layer.mergeAll(presenter, CliConfig.layer({ builtIns: [GlobalFlag.Help] }), NodeServices.layer)),
  NodeRuntime.runMain
)
