/** The options of `dormouse compare`. */
import type * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Shared from "../dormouse/SharedOptions.ts"
import { flags as simulated } from "../simulate/Options.ts"

export const flags = {
  config: Shared.config(),
  readings: Shared.file("readings", "What dormouse collect has stored: its SQLite file"),
  device: Shared.device("The device to compare (that of the file, or if it has no status all together)").pipe(
    Flag.optional
  ),
  write: Shared.file("write", "Write the corrected figures to this file, for simulate --energy").pipe(Flag.optional),
  retainedConfig: Shared.toggle("retained-config",
    "A configuration is retained at topic_config, so the device does not wait for one"),
  board: simulated.board,
  battery: simulated.battery,
  energy: simulated.energy
}

export type Given = Command.Command.Config.Infer<typeof flags>
