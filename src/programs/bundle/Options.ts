/**
 * The options of the command line.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Shared from "../dormouse/SharedOptions.ts"

/** Where a bundle is written without --out: in its own directory, because it has several files. */
export const usualOut = "board/device.js"

export const flags = {
  config: Shared.config(),
  out: Shared.out("Where to write the script; what else the board needs goes beside it", usualOut),
  board: Shared.board(
    "The board that it is for, whose pins are checked (an ESP32; pins that only other chips have are warnings)"
  ),
  force: Shared.force(
    "Bundle even what cannot work on a board: a Server on the board itself, a sensor without a driver, no network"
  ),
  runtime: Flag.Literals("runtime", ["device", "effect"] as const).pipe(
    Flag.withDescription(
      "The runtime to bundle (device). device: of a board's size. effect: effect's own, seven times the size, for boards with PSRAM"
    ),
    Flag.withDefault("device" as const)
  ),
  minify: Flag.Boolean("minify").pipe(
    Flag.withDescription("Make the script small; --no-minify leaves it readable (true)"),
    Flag.withDefault(true)
  )
}

export type Given = Command.Command.Config.Infer<typeof flags>
