/**
 * The options of `dormouse collect`.
 */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import { formats } from "../../domain/collect/texts.ts"
import * as Shared from "../dormouse/SharedOptions.ts"

/** Everything below the prefix that devices have by default, also where a level for each device follows it. */
export const usualTopics: ReadonlyArray<string> = ["/homecontrol/device/data/#"]

export const usualClientId = "dormouse-collect"

export const flags = {
  broker: Flag.String("broker").pipe(
    Flag.withMetavar("URL"),
    Flag.withDescription("The Server that devices publish to: " + Shared.serverForm),
    Flag.optional
  ),
  out: Shared.file("out", "A SQLite file, new or of an earlier run, ending in .db or .sqlite").pipe(Flag.optional),
  format: Flag.Literals("format", formats).pipe(
    Flag.withDescription("In place of --out: lines on standard output, CSV, JSON Lines or InfluxDB's line protocol"),
    Flag.optional
  ),
  topic: Flag.String("topic").pipe(
    Flag.withMetavar("FILTER"),
    Flag.withDescription(
      "A Topic Filter of readings, may be given several times or with commas (" + usualTopics.join(",") + ")"
    ),
    Flag.atLeast(0)
  ),
  clientId: Flag.String("client-id").pipe(
    Flag.withMetavar("ID"),
    Flag.withDescription("The Client Identifier: the Server keeps a Session for it (" + usualClientId + ")"),
    Flag.withDefault(usualClientId)
  ),
  share: Flag.String("share").pipe(
    Flag.withMetavar("GROUP"),
    Flag.withDescription("Share the readings with the other collectors of this group; each has a client id of its own"),
    Flag.optional
  ),
  report: Shared.report("Collect nothing: draw what --out has stored, as one HTML file with pictures"),
  device: Shared.device("With --report: only this device, may be given several times").pipe(Flag.atLeast(0))
}

export type Given = Command.Command.Config.Infer<typeof flags>
