/**
 * What the command line can say of a new device.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { choices } from "../dormouse/sensors.ts"
import * as Shared from "../dormouse/SharedOptions.ts"

export const flags = {
  out: Shared.out("The file to write", "device.json"),
  name: Flag.String("name").pipe(
    Flag.withDescription("The device's name for people; device_id follows from it (Sensor)"),
    Flag.optional
  ),
  ssid: Flag.String("ssid").pipe(
    Flag.withDescription(
      "The Wi-Fi network that a board joins. Its password is asked for, or written into the file afterwards"
    ),
    Flag.optional
  ),
  server: Shared.server(
    "Where the Server is: " + Shared.serverForm + ", or several with commas between them (mqtt://localhost)"
  ),
  sensor: Flag.Literals("sensor", choices).pipe(
    Flag.withDescription("What measures; simulated needs no hardware (simulated)"),
    Flag.optional
  ),
  pin: Flag.Int("pin").pipe(
    Flag.withDescription(
      "The GPIO pin that the sensor is connected to; a BME280's SDA, with SCL at the next one (dht22: 4, bme280: 21)"
    ),
    Flag.optional
  ),
  interval: Flag.Finite("interval").pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("Time between two wakes (300)"),
    Flag.optional
  ),
  sendInterval: Flag.Finite("send-interval").pipe(
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("Time between two connections; the wakes between only measure (0: connect at every wake)"),
    Flag.optional
  ),
  timeServer: Flag.String("time-server").pipe(
    Flag.withMetavar("HOST"),
    Flag.withDescription(
      "A server that a board asks for the time, such as pool.ntp.org: readings say when they were taken"
    ),
    Flag.optional
  ),
  batteryPin: Flag.Int("battery-pin").pipe(
    Flag.withMetavar("PIN"),
    Flag.withDescription(
      "The GPIO pin at which the battery's voltage is measured, behind two equal resistors (LOLIN D32: 35, FireBeetle 2: 34): the device says how full it is"
    ),
    Flag.optional
  ),
  commands: Shared.toggle(
    "commands",
    "The device takes commands, also those sent while it sleeps: read, send, report, interval, stay_awake, restart"
  ),
  yes: Shared.toggle("yes", "Ask nothing, and use the default of what is not given").pipe(Flag.withAlias("y")),
  force: Shared.force("Overwrite a file that exists")
}

export type Given = Command.Command.Config.Infer<typeof flags>
