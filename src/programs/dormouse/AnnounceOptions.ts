/**
 * The options of `dormouse announce`.
 */
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"
import { year } from "../../domain/ConfigTable.ts"
import { usualPrefix } from "../../domain/HomeAssistant.ts"

export const flags = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The device's file, JSON")
  ),
  server: Flag.String("server").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("The Server, in place of the file's: mqtt://[user:password@]host[:port] or mqtts://..."),
    Flag.optional
  ),
  prefix: Flag.String("prefix").pipe(
    Flag.withMetavar("TOPIC"),
    Flag.withDescription("Home Assistant's discovery prefix (" + usualPrefix + ")"),
    Flag.withDefault(usualPrefix)
  ),
  expireAfter: Flag.Int("expire-after").pipe(
    Flag.filter((seconds) => seconds >= 0 && seconds <= year, () => "a whole number from 0 to " + year),
    Flag.withMetavar("SECONDS"),
    Flag.withDescription("Show a value as unavailable after so long without a reading; 0: never (what the interval and the reconnect policy allow)"),
    Flag.optional
  ),
  remove: Flag.Boolean("remove").pipe(
    Flag.withDescription("Take the device away from Home Assistant again"),
    Flag.withDefault(false)
  ),
  print: Flag.Boolean("print").pipe(
    Flag.withDescription("Show topic and message as the file has them, and connect to no Server"),
    Flag.withDefault(false)
  )
}

export interface Given {
  readonly config: string
  readonly server: Option.Option<string>
  readonly prefix: string
  readonly expireAfter: Option.Option<number>
  readonly remove: boolean
  readonly print: boolean
}
