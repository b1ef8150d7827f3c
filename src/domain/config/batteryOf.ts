/** The battery in a device's file: its values by their rows, and the rules between them. */
import type { BatteryFile } from "./ConfigFile.ts"
import { batteryRows } from "./BatteryRows.ts"
import * as ConfigTable from "./ConfigTable.ts"

/** Whether a battery can be measured by a program of another machine only. */
export const lacksPin = (battery: BatteryFile | undefined): boolean =>
  battery !== undefined && battery.pin === undefined

/** Undefined: the file names no battery. Only whole in a file without issues. */
export const batteryOf = (input: unknown, report: ConfigTable.Report): BatteryFile | undefined => {
  if (input === undefined) return undefined
  const { issues } = report
  const known = issues.length
  const battery = ConfigTable.read<BatteryFile>(batteryRows, input, "battery", report)
  if (issues.length > known) return undefined
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
  return battery as BatteryFile
}
