/** What is told of a wake that its bound has ended. Rare, so a board keeps it in a file of its own. */
import type { DeviceConfig } from "../DeviceConfig.ts"
import type { WakeEvent } from "./WakeEvent.ts"

export const overdue = ({ awakeTimeout }: DeviceConfig): WakeEvent => ({ _tag: "Failed", reason: "the wake took longer than " + awakeTimeout + " s" })
