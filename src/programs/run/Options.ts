/**
 * The options of `dormouse run`.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Shared from "../dormouse/SharedOptions.ts"

export const flags = {
  config: Shared.configOrDemo,
  server: Shared.otherServer,
  credentials: Shared.credentials("Networks, account and client id, JSON, laid over the file"),
  wakes: Shared.wakes("End after so many wakes (by default with Ctrl-C)").pipe(Flag.optional),
  state: Shared.state().pipe(Flag.withDefault(Shared.usualState)),
  messages: Shared.messages("Show each message that is sent")
}

export type Given = Command.Command.Config.Infer<typeof flags>
