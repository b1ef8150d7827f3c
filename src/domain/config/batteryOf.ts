/** The battery in a device's file: its values by their rows, and the rules between them. */
import type { Issue } from "./ConfigFault.ts"
import type { BatteryFile, Values } from "./ConfigFile.ts"
import { batteryRows } from "./BatteryRows.ts"
import * as ConfigTable from "./ConfigTable.ts"

/** Whether a battery can be measured by a program of another machine only. */
export const lacksPin = (battery: BatteryFile | undefined): boolean =>
  battery !== undefined && battery.pin === undefined

/** The same of a board's program only. */
export const lacksCommand = (battery: BatteryFile | undefined): boolean =>
  battery !== undefined && battery.command === undefined

/** Undefined: the file names no battery. A value that was refused is `undefined`. */
export const batteryOf = (input: unknown, report: ConfigTable.Report): Values<BatteryFile> | undefined =>
  input === undefined ? undefined : ConfigTable.read<BatteryFile>(batteryRows, input, "battery", report)

/** The rules between its values; for one in which none was refused, because each may stand for another. */
export const batteryRules = (input: unknown, battery: Values<BatteryFile> | undefined, issues: Array<Issue>): void => {
  if (battery === undefined || !ConfigTable.isObject(input)) return
  if (issues.some(({ field }) => field.slice(0, 8) === "battery.")) return
  const { command, empty, full, pin } = battery
  const refuse = (key: string, fix: string, problem: string) => issues.push({ field: "battery." + key, fix, problem })
  if (pin === undefined && command === undefined) {
    refuse("pin", "the number of the pin at which its voltage is measured, or battery.command given", "is missing")
  }
  if (full === undefined && empty !== undefined) refuse("full", "given together with battery.empty", "is missing")
  if (empty === undefined && full !== undefined) refuse("empty", "given together with battery.full", "is missing")
  if (full !== undefined && empty !== undefined && empty >= full) {
    refuse("empty", "less than battery.full (" + full + ")", "is " + empty)
  }
}
