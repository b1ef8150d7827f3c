/** The rows of ConfigTable for the battery that a device measures. */
import type { Rows } from "./ConfigRow.ts"

/** The longest that readings may be kept back, in seconds. */
const week = 604_800

/** No battery of a small board has more. */
const maxVolts = 60
const maxCells = 16

/** A command line of an owner. */
const commandBytes = 4_000

export const batteryRows = [() =>
  [
    ["pin", "pin", "whole", undefined, 0],
    ["command", "command", "text", undefined, 1, commandBytes],
    ["divider", "divider", "above", 2, 0, 100],
    ["chemistry", "chemistry", ["li-ion", "lifepo4", "alkaline", "nimh"], "li-ion"],
    ["cells", "cells", "whole", 1, 1, maxCells],
    ["full", "full", "above", undefined, 0, maxVolts],
    ["empty", "empty", "above", undefined, 0, maxVolts],
    ["low", "low", "number", 20, 0, 100],
    ["low_send_interval", "lowSendInterval", "number", 0, 0, week]
  ] as const] as const satisfies Rows
