/** Whether one value of a device's file is one that its row of ConfigTable asks for. */
import { least, most } from "./ConfigFault.ts"
import type { Row } from "./ConfigRow.ts"
import { utf8Length } from "../bytes/Text.ts"

const textFits = (row: Row, text: string): boolean => {
  const bytes = utf8Length(text)
  return bytes >= least(row) && bytes <= most(row)
}

const holds = (text: string, characters: string): boolean => {
  for (let i = 0; i < text.length; i++) if (characters.indexOf(text.charAt(i)) >= 0) return true
  return false
}

/** Whether `text` can be a level of a Topic Name. */
export const isLevel = (text: string): boolean => text !== "" && !holds(text, "/+#") && utf8Length(text) > 0

// One colon is a port; an IPv6 address has more.
const isHost = (text: string): boolean =>
  !holds(text, " \t\r\n/@") && (text.indexOf(":") < 0 || text.indexOf(":") !== text.lastIndexOf(":"))

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
  if (typeof value !== "string") return false
  if (typeof kind !== "string") return kind.indexOf(value) >= 0
  if (!textFits(row, value)) return false
  return kind === "host" ? isHost(value)
    : kind === "topic" ? !holds(value, "+#") : kind === "level" ? isLevel(value) : true
}
