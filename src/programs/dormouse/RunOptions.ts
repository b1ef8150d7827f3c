/**
 * The options of `dormouse run`.
 */
import * as Flag from "effect/cli/Flag"
import type * as Option from "effect/Option"

export const flags = {
  config: Flag.String("config").pipe(
    Flag.withMetavar("FILE"),
    Flag.withDescription("The device's file, JSON (by default a demo device)"),
    Flag.optional
  ),
  server: Flag.String("server").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("The Server, in place of the file's: mqtt://[user:password@]host[:port] or mqtts://..."),
    Flag.optional
  ),
  wakes: Flag.Int("wakes").pipe(
    Flag.filter((wakes) => wakes > 0, () => "a whole number above 0"),
    Flag.withDescription("End after so many wakes (by default with Ctrl-C)"),
    Flag.optional
  ),
  state: Flag.String("state").pipe(
    Flag.withMetavar("DIR"),
    Flag.withDescription("Where the device keeps its state (.dormouse)"),
    Flag.withDefault(".dormouse")
  ),
  messages: Flag.Boolean("messages").pipe(
    Flag.withDescription("Show each message that is sent"),
    Flag.withDefault(false)
  )
}

export interface Given {
  readonly config: Option.Option<string>
  readonly server: Option.Option<string>
  readonly wakes: Option.Option<number>
  readonly state: string
  readonly messages: boolean
}
