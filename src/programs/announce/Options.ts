/**
 * The options of `dormouse announce`.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { year } from "../../domain/config/ConfigTable.ts"
import { usualPrefix } from "../../domain/message/HomeAssistant.ts"
import * as Shared from "../dormouse/SharedOptions.ts"

export const flags = {
  config: Shared.config(),
  server: Shared.otherServer,
  prefix: Flag.String("prefix").pipe(
    Flag.withMetavar("TOPIC"),
    Flag.withDescription("Home Assistant's discovery prefix (" + usualPrefix + ")"),
    Flag.withDefault(usualPrefix)
  ),
  mac: Shared.mac("The board's MAC address, for a file with {mac}: 12 hexadecimal digits; dormouse flash shows it")
    .pipe(
      Flag.optional
    ),
  expireAfter: Shared.whole("expire-after",
    "Show a value as unavailable after so long without a reading; 0: never (what the interval and the reconnect policy allow)",
    0, year).pipe(
      Flag.withMetavar("SECONDS"),
      Flag.optional
    ),
  remove: Shared.toggle("remove", "Remove the device from Home Assistant again"),
  print: Shared.toggle("print", "Show topic and message as the file has them, and connect to no Server")
}

export type Given = Command.Command.Config.Infer<typeof flags>
