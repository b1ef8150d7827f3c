/**
 * Times, durations, and amounts as a person reads them, and rows of text laid out in columns.
 *
 * A row has a stamp (when), a label (what), and a text, which is broken into lines that stay in its column. Colour is
 * the caller's: `Paint` gives each tone its own, and plain text comes of a paint that does nothing.
 */

export type Tone = "plain" | "good" | "bad" | "quiet" | "strong"

export type Paint = (tone: Tone, text: string) => string

export interface Row {
  readonly stamp: string
  readonly label: string
  readonly text: string
  readonly tone: Tone
}

export interface Layout {
  /** Columns of the whole line. */
  readonly width: number
  readonly stampWidth: number
  readonly paint: Paint
}

export const plain: Paint = (_, text) => text

const codes: Readonly<Record<Tone, string>> = {
  plain: "",
  good: "\u001b[32m",
  bad: "\u001b[31m",
  quiet: "\u001b[2m",
  strong: "\u001b[1m"
}

export const coloured: Paint = (tone, text) => tone === "plain" || text === "" ? text : codes[tone] + text + "\u001b[0m"

/** Wide enough for `tries 104-124`. */
export const labelWidth = 13

const dayMillis = 86_400_000

const two = (value: number): string => String(value).padStart(2, "0")

/** 12345 -> `12,345`. */
export const amount = (value: number): string => {
  const digits = String(Math.round(value))
  let text = ""
  for (let i = 0; i < digits.length; i++) text += (i > 0 && (digits.length - i) % 3 === 0 ? "," : "") + digits.charAt(i)
  return text
}

/** More than one of it: reading, readings; try, tries; life, lives; status, statuses. */
const many = (noun: string): string =>
  /[^aeiou]y$/.test(noun) ? noun.slice(0, -1) + "ies"
    : noun.endsWith("fe") ? noun.slice(0, -2) + "ves"
    : noun.endsWith("s") ? noun + "es" : noun + "s"

/** `1 reading`, `2 readings`. */
export const plural = (count: number, noun: string): string => amount(count) + " " + (count === 1 ? noun : many(noun))

/** How many days, also when they are less than one, or no whole number: `30 days`, `1.5 days`, `2 h 24 min`. */
export const dayCount = (days: number): string => {
  if (days < 1) return duration(days * dayMillis)
  return Number.isInteger(days) ? plural(days, "day") : (Math.round(days * 10) / 10) + " days"
}

/** A moment as a day of the timeline, counted from 1: `3`, and with its hour in the first days: `3, 6 h`. */
export const significantDay = (day: number): string => {
  const hour = Math.floor((day % 1) * 24 + 1e-6)
  return Math.floor(day + 1e-9) + 1 + (hour === 0 ? "" : ", " + hour + " h")
}

/** The two largest units that are not 0: `1.9 s`, `4 min 58 s`, `2 h`, `3 days 4 h`. */
export const duration = (millis: number): string => {
  if (millis < 1_000) return Math.round(millis) + " ms"
  if (millis < 9_950) return (Math.round(millis / 100) / 10) + " s"
  // With hours, seconds do not matter.
  const unit = millis < 3_570_000 ? 1_000 : millis < 86_400_000 ? 60_000 : 3_600_000
  const seconds = Math.round(millis / unit) * (unit / 1_000)
  const parts: ReadonlyArray<readonly [number, string]> = [
    [Math.floor(seconds / 86_400), seconds < 172_800 ? " day" : " days"],
    [Math.floor(seconds / 3_600) % 24, " h"],
    [Math.floor(seconds / 60) % 60, " min"],
    [seconds % 60, " s"]
  ]
  const first = parts.findIndex(([value]) => value > 0)
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => value + unit).join(" ")
}

/** How moments of a timeline are written. Milliseconds. */
export interface Stamps {
  readonly width: number
  readonly at: (millis: number) => string
  readonly span: (from: number, to: number) => string
}

const clock = (millis: number): string =>
  two(Math.floor(millis / 3_600_000) % 24) + ":" + two(Math.floor(millis / 60_000) % 60)

const withSeconds = (millis: number): string => clock(millis) + ":" + two(Math.floor(millis / 1_000) % 60)

/**
 * Simulated time counts days from 1: `day 06 00:05:00 - 00:55:00`. Over midnight the days say more than the seconds:
 * `day 06 00:05 - day 07 23:55`. `narrow` leaves out the word and the seconds.
 */
export const dayStamps = (days: number, narrow = false): Stamps => {
  const digits = Math.max(2, String(Math.ceil(days)).length)
  const day = (millis: number) =>
    (narrow ? "" : "day ") + String(Math.floor(millis / dayMillis) + 1).padStart(digits, "0") + " "
  const time = narrow ? clock : withSeconds
  const at = (millis: number) => day(millis) + time(millis)
  return {
    width: (narrow ? 15 : 23) + 2 * digits,
    at,
    span: (from, to) =>
      at(from) === at(to)
        ? at(from)
        : day(from) === day(to)
        ? at(from) + " - " + time(to)
        : day(from) + clock(from) + " - " + day(to) + clock(to)
  }
}

const isUnit = /^(?:ms|s|min|h|days?)[;,.]?$/

/** The words of a text; a number and its unit are one. */
const words = (text: string): ReadonlyArray<string> => {
  const found: Array<string> = []
  for (const word of text.split(" ")) {
    const last = found[found.length - 1]
    if (last !== undefined && isUnit.test(word) && /\d$/.test(last)) found[found.length - 1] = last + " " + word
    else found.push(word)
  }
  return found
}

/** Breaks a text at its spaces. A word longer than a line stays whole. */
export const broken = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of words(text)) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : line + " " + word
  }
  lines.push(line)
  return lines
}

/** The lines of one row: no line is wider than `layout.width`, unless one word is. */
export const lines = (row: Row, layout: Layout): ReadonlyArray<string> => {
  const indent = layout.stampWidth + 2 + labelWidth + 1
  // A column of less than 30 is too narrow; the terminal may break such lines itself.
  const [first, ...rest] = broken(row.text, Math.max(30, layout.width - indent)) as [string, ...Array<string>]
  const head = layout.paint("quiet", row.stamp.padEnd(layout.stampWidth)) + "  "
    + layout.paint(row.tone, row.label.padEnd(labelWidth)) + " " +
    layout.paint(row.tone === "quiet" ? "quiet" : "plain", first)
  const tail = rest.map((text) => " ".repeat(indent) + layout.paint(row.tone === "quiet" ? "quiet" : "plain", text))
  return [layout.paint === plain ? head.trimEnd() : head].concat(tail)
}

/** Numbers below each other, each with its name before it and words behind it. */
export const figures = (
  rows: ReadonlyArray<readonly [what: string, number: string, more: string]>,
  layout: Layout
): ReadonlyArray<string> => {
  const indent = 16 + 11 + 3
  return rows.flatMap(([what, number, more]) => {
    const [first = "", ...rest] = broken(more, Math.max(30, layout.width - indent))
    const head = layout.paint("quiet", what.padEnd(16)) + layout.paint("strong", number.padStart(11)) + "   " + first
    return [layout.paint === plain ? head.trimEnd() : head].concat(rest.map((text) => " ".repeat(indent) + text))
  })
}

/** A line of its own, set apart from the rows. */
export const rule = (title: string, layout: Layout): string =>
  layout.paint("strong", ("── " + title + " ").padEnd(Math.min(layout.width, 110), "─"))
