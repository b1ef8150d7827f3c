/**
 * `dormouse monitor --port /dev/ttyUSB0`: what a board reports, until Ctrl-C. It only listens and does not disturb the
 * board.
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Command from "effect/cli/Command"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import { monitor as monitorCommand } from "./command.ts"
import { isMain, run } from "../dormouse/runCommand.ts"
import { monitor } from "./listen.ts"
import type * as Options from "../flash/Options.ts"
import * as Format from "../dormouse/terminal/Format.ts"

/** What the command does. */
export const handle = (given: Options.Monitor) =>
  Effect.gen(function*() {
    const { canColor } = yield* TerminalCapabilities.TerminalCapabilities
    const paint = canColor ? Format.coloured : Format.plain
    yield* monitor(given, { columns: process.stdout.columns || 100, paint, print: Console.log })
  }).pipe(Effect.tapErrorTag("FlashError", ({ message }) => Console.error(message)))

if (isMain(import.meta.url)) run(Command.withHandler(monitorCommand, handle))
