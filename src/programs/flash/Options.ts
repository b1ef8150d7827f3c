/**
 * The options of both command lines.
 */
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"
import { usualOut } from "../bundle/Options.ts"

const seconds = (value: number): boolean => value > 0 && value <= 86_400

const port = Flag.String("port").pipe(
  Flag.withMetavar("PORT"),
  Flag.withDescription("Where the board is: a serial port such as /dev/ttyUSB0 or COM3, or tcp://host:port"),
  Flag.optional
)

export const flash = {
  port,
  file: Flag.String("file").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The script that dormouse bundle wrote (" + usualOut + ")"),
    Flag.withDefault(usualOut)
  ),
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Bundle this device's file first"),
    Flag.optional
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withDescription("With --config: bundle also what could not work on a board"),
    Flag.withDefault(false)
  ),
  module: Flag.String("module").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("Espruino's module for the sensor (DHT22.min.js, BME280.min.js, from espruino.com/modules); may be given more than once"),
    Flag.atLeast(0)
  ),
  wait: Flag.Finite("wait").pipe(
    Flag.filter(seconds, () => "a number of seconds above 0"),
    Flag.withDescription("How many seconds to wait for the board's first answer (20)"),
    Flag.withDefault(20)
  )
}

export interface Flash {
  readonly port: Option.Option<string>
  readonly file: string
  readonly config: Option.Option<string>
  readonly force: boolean
  readonly module: ReadonlyArray<string>
  readonly wait: number
}

export const monitor = {
  port,
  seconds: Flag.Finite("seconds").pipe(
    Flag.filter(seconds, () => "a number of seconds above 0"),
    Flag.withDescription("End after so many seconds (by default with Ctrl-C)"),
    Flag.optional
  )
}

export interface Monitor {
  readonly port: Option.Option<string>
  readonly seconds: Option.Option<number>
}
