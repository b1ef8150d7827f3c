/** The meaning of every key that is about the board itself (`configDocs`). Not part of the board's program. */
import type * as ConfigTable from "./ConfigTable.ts"
import type { Meaning, Meanings } from "./Meanings.ts"

export const battery: Meanings<typeof ConfigTable.batteryRows> = {
  pin: ["Number of the pin at which its voltage is measured, behind a divider", "required on a board"],
  command: ["On a machine that is no board: the program that prints its volts, as a number or as JSON with `volts`",
    "none"],
  divider: ["How many times the voltage of the battery is that of the pin: 2 for two equal resistors"],
  chemistry: ["What it is: its percentage follows from its voltage"],
  cells: ["How many cells of it in a row"],
  full: ["In place of `chemistry`: volts at 100 %, with a straight line down to `empty`", "by `chemistry`"],
  empty: ["In place of `chemistry`: volts at 0 %", "by `chemistry`"],
  low: ["It is low below this (percent), and no longer low 5 % above it"],
  low_send_interval: [
    "Time between two connections while it is low (seconds), if it is more than `mqtt.send_interval`; 0: as otherwise. Only with `deep_sleep`"
  ]
}

/** At the top of the file. */
export const boardKeys = {
  credentials: [
    "The bundle has no networks and no account: each board gets them with `npx dormouse flash --credentials`",
    "false"
  ],
  wake_pin: [
    "Number of a pin that ends deep sleep, such as that of a door contact. While nothing is pending the board then wakes by it alone, and not every `update_interval`",
    "none"
  ],
  wake_on: ["What of it ends the sleep: another level than when it began, or a high or a low one", "\"change\""]
} satisfies Readonly<Record<string, Meaning>>
