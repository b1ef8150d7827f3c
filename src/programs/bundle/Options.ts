/**
 * The options of the command line.
 */
import type * as Option from "effect/Option"
import * as Flag from "effect/cli/Flag"
import { type BoardName, boardNames } from "../../domain/energy/boards.ts"

/** Where a bundle goes without --out: a directory of its own, for it is several files. */
export const usualOut = "board/device.js"

export const flags = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The device's file, JSON")
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Where to write the script; what else the board needs goes beside it (" + usualOut + ")"),
    Flag.withDefault(usualOut)
  ),
  board: Flag.Literals("board", boardNames).pipe(
    Flag.withDescription("The board that it is for: its pins are what counts (an ESP32, and pins of other chips are warnings)"),
    Flag.optional
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withDescription("Bundle also what could not work on a board: a Server on the board itself, a sensor without a driver, no network"),
    Flag.withDefault(false)
  ),
  runtime: Flag.Literals("runtime", ["device", "effect"] as const).pipe(
    Flag.withDescription("The runtime to bundle (device). device: of a board's size. effect: effect's own, seven times the size, for boards with PSRAM"),
    Flag.withDefault("device" as const)
  ),
  minify: Flag.Boolean("minify").pipe(
    Flag.withDescription("Make the script small; --no-minify leaves it readable (true)"),
    Flag.withDefault(true)
  )
}

export interface Given {
  readonly config: string
  readonly out: string
  readonly board: Option.Option<BoardName>
  readonly force: boolean
  readonly runtime: "device" | "effect"
  readonly minify: boolean
}
