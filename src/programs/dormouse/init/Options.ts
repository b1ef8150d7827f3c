/**
 * What can be told beforehand of a new device.
 */
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"
import { type Driver, drivers } from "../../../domain/BoardRules.ts"

export const flags = {
  out: Flag.String("out").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The file to write (device.json)"),
    Flag.withDefault("device.json")
  ),
  name: Flag.String("name").pipe(
    Flag.withDescription("The device's name for people; device_id follows from it (Sensor)"),
    Flag.optional
  ),
  ssid: Flag.String("ssid").pipe(
    Flag.withDescription("The Wi-Fi network that a board joins. Its password is asked for, or written into the file afterwards"),
    Flag.optional
  ),
  server: Flag.String("server").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("Where the Server is: mqtt://[user:password@]host[:port], or mqtts://... (mqtt://localhost)"),
    Flag.optional
  ),
  sensor: Flag.Literals("sensor", drivers).pipe(
    Flag.withDescription("What measures; simulated needs no hardware (simulated)"),
    Flag.optional
  ),
  pin: Flag.Int("pin").pipe(
    Flag.withDescription("The GPIO pin that the sensor hangs on; a BME280's SDA, with SCL at the next one (dht22: 4, bme280: 21)"),
    Flag.optional
  ),
  interval: Flag.Finite("interval").pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("Time between two wakes (300)"),
    Flag.optional
  ),
  yes: Flag.Boolean("yes").pipe(
    Flag.withAlias("y"),
    Flag.withDescription("Ask nothing: what is not given gets its default"),
    Flag.withDefault(false)
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withDescription("Write over a file that is there"),
    Flag.withDefault(false)
  )
}

export interface Given {
  readonly out: string
  readonly name: Option.Option<string>
  readonly ssid: Option.Option<string>
  readonly server: Option.Option<string>
  readonly sensor: Option.Option<Driver>
  readonly pin: Option.Option<number>
  readonly interval: Option.Option<number>
  readonly yes: boolean
  readonly force: boolean
}
