/**
 * The options of the command line.
 */
import * as Flag from "effect/cli/Flag"

export const flags = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The device's file, JSON")
  ),
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Where to write the script (dist/device.js)"),
    Flag.withDefault("dist/device.js")
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
  readonly runtime: "device" | "effect"
  readonly minify: boolean
}
