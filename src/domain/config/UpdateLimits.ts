/**
 * How much an update may contain, so that a board never needs memory that it does not have. An ESP32-C3 takes an update
 * of that size in every configuration of test/support/configurations.ts. The limits are the same for every device, so
 * that an update that one machine accepts is not too large for the next one.
 */
import * as ConfigTable from "./ConfigTable.ts"

/** Values, counted by the commas and brackets of the text before it is parsed. A file that names every key has 90. */
export const maxValues = 100

/**
 * Tables and lists in one another, brackets within texts included. A file needs four of them; parsing takes 40 bytes
 * of a board's C stack for each.
 */
export const maxDepth = 16

/** Keys that the configuration does not have. A document of some other program has more of them. */
export const maxUnknown = 10

/** Each has a dozen values once its defaults are filled in. A device's own file may have more sensors. */
export const maxSensors = 8

const count = (text: string, character: string): number => {
  let found = 0
  for (let at = text.indexOf(character); at >= 0 && found <= maxValues; at = text.indexOf(character, at + 1)) found++
  return found
}

/** A text with fewer characters is not counted. */
const hasFew = (text: string): boolean =>
  text.length <= maxValues || count(text, ",") + count(text, "{") + count(text, "[") <= maxValues

const isShallow = (text: string): boolean => {
  if (count(text, "{") + count(text, "[") <= maxDepth) return true
  let depth = 0
  for (let at = 0; at < text.length && depth <= maxDepth; at++) {
    const character = text.charAt(at)
    if (character === "{" || character === "[") depth++
    if (character === "}" || character === "]") depth--
  }
  return depth <= maxDepth
}

/** Whether a text can be parsed at all. */
export const isSmall = (text: string): boolean => hasFew(text) && isShallow(text)

/** Why the text that has arrived on `topic` is not read; undefined: it is small enough. */
export const textFault = (topic: string, text: string): string | undefined => {
  if (!hasFew(text)) return topic + " must hold at most " + maxValues + " values, but holds more"
  return isShallow(text) ? undefined
    : topic + " must hold at most " + maxDepth + " tables and lists in one another, but holds more"
}

/** Adds the keys of `object` that no row has, with `path` before them. */
const addUnknown = (rows: ConfigTable.Rows, object: unknown, path: string, unknown: Array<string>): void => {
  if (!ConfigTable.isObject(object)) return
  const known: Array<string> = []
  for (const part of rows) for (const [key] of part()) known.push(key)
  for (const key of Object.keys(object)) if (known.indexOf(key) < 0) unknown.push(path + key)
}

/** Why an update contains too much although its text is small; undefined if it does not. */
export const fault = (document: { readonly [key: string]: unknown }): string | undefined => {
  const sensors = document["sensors"]
  const unknown: Array<string> = []
  addUnknown(ConfigTable.deviceRows, document, "", unknown)
  addUnknown(ConfigTable.mqttRows, document["mqtt"], "mqtt.", unknown)
  if (unknown.length > maxUnknown) {
    return "an update must hold at most " + maxUnknown + " keys that the configuration does not have, but holds " +
      unknown.length + ", such as " + unknown[0]
  }
  if (!ConfigTable.isObject(sensors)) return undefined
  const named = Object.keys(sensors).length
  return named > maxSensors ? "sensors must be at most " + maxSensors + " in an update, but are " + named : undefined
}
