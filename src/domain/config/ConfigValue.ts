/** Whether one value of a device's file is one that its row of ConfigTable asks for. */
import { least, most } from "./ConfigFault.ts"
import type { Row } from "./ConfigRow.ts"
import { holds, isHost } from "./Host.ts"
import { listKind, problemOf } from "./BrokerList.ts"
import { utf8Length } from "../bytes/Text.ts"

const textFits = (row: Row, text: string): boolean => {
  const bytes = utf8Length(text)
  return bytes >= least(row) && bytes <= most(row)
}

/** Whether `text` can be a level of a Topic Name. */
export const isLevel = (text: string): boolean => text !== "" && !holds(text, "/+#") && utf8Length(text) > 0

/** A board's bundle may come without them. */
const hosts: typeof listKind | undefined = listKind
const faultOfList: typeof problemOf | undefined = problemOf

/** Whether a value is one that its row asks for. */
export const accepts = (row: Row, value: unknown): boolean => {
  const kind = row[2]
  if (kind === "part" || kind === "parts") return true
  if (kind === "boolean") return typeof value === "boolean"
  if (kind === "whole" || kind === "number" || kind === "above") {
    if (typeof value !== "number" || !isFinite(value)) return false
    if (kind === "whole" && Math.floor(value) !== value) return false
    if (kind === "above" && value <= 0) return false
    return value >= least(row) && value <= (row[5] ?? Infinity)
  }
  if (faultOfList !== undefined && kind === hosts && Array.isArray(value)) return faultOfList(value) === undefined
  if (typeof value !== "string") return false
  if (typeof kind !== "string") return kind.indexOf(value) >= 0
  if (!textFits(row, value)) return false
  return kind === "host" || hosts !== undefined && kind === hosts ? isHost(value)
    : kind === "topic" ? !holds(value, "+#") : kind === "level" ? isLevel(value) : true
}
