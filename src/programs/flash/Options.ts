/**
 * The options of both command lines.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { usualOut } from "../bundle/Options.ts"
import * as Shared from "../dormouse/SharedOptions.ts"

const port = Flag.String("port").pipe(
  Flag.withMetavar("PORT"),
  Flag.withDescription("Where the board is: a serial port such as /dev/ttyUSB0 or COM3, or tcp://host:port"),
  Flag.optional
)

export const flash = {
  port,
  file: Shared.file("file", "The script that dormouse bundle wrote (" + usualOut + ")").pipe(
    Flag.withDefault(usualOut)
  ),
  config: Shared.config("Bundle this device's file first").pipe(Flag.optional),
  force: Shared.force("With --config: bundle even what cannot work on a board"),
  module: Shared.file("module",
    "Espruino's module for the sensor (DHT22.min.js, BME280.min.js, from espruino.com/modules); may be given more than once")
    .pipe(
      Flag.atLeast(0)
    ),
  credentials: Shared.credentials(
    "Networks, account and client id of this board, JSON, for a bundle whose file has credentials true"
  ),
  wait: Shared.seconds("wait", "How many seconds to wait for the board's first answer (20)").pipe(Flag.withDefault(20))
}

export type Flash = Command.Command.Config.Infer<typeof flash>

export const monitor = {
  port,
  seconds: Shared.seconds("seconds", "End after so many seconds (by default with Ctrl-C)").pipe(Flag.optional)
}

export type Monitor = Command.Command.Config.Infer<typeof monitor>
