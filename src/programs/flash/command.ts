/** The options and the help of `dormouse flash`. Its code is loaded when it is called. */
import * as Command from "effect/cli/Command"
import { usualOut } from "../bundle/Options.ts"
import * as Options from "./Options.ts"

export const flash = Command.make("flash", Options.flash).pipe(
  Command.withDescription(
    "Puts the bundle on a board with Espruino's firmware and starts it. Replaces all that the board has stored."
  ),
  Command.withShortDescription("Put the program on a board"),
  Command.withExamples([
    { command: "dormouse flash --port /dev/ttyUSB0", description: "Puts " + usualOut + " on the board" },
    { command: "dormouse flash --port /dev/ttyUSB0 --config device.json", description: "Bundles first" }
  ])
)
