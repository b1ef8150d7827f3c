/**
 * `dormouse flash --port /dev/ttyUSB0`: puts the bundle on a board with Espruino's firmware, and starts it.
 *
 * Everything in the board's Storage is replaced, including the device's state.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import { flash as flashCommand } from "./command.ts"
import { isMain, run } from "../dormouse/runCommand.ts"
import { flash } from "./ontoBoard.ts"
import type * as Options from "./Options.ts"

const output = { isTerminal: process.stdout.isTTY, write: (text: string) => void process.stdout.write(text) }

/** What the command does. */
export const handle = (given: Options.Flash) =>
  Effect.tapErrorTag(flash(given, output), "FlashError", ({ message }) => Console.error(message))

if (isMain(import.meta.url)) run(Command.withHandler(flashCommand, handle))
