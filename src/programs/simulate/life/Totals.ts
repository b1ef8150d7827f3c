/**
 * The sums of a simulated life, from the device's events and, separately, from what reached the Server.
 *
 * The two counts are independent on purpose: `readings = delivered + pending + dropped + unchanged` is what the
 * device says, and
 * `received - duplicates` is what the Server says.
 */
import * as Status from "../../../domain/message/Status.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import * as FlashLife from "./FlashLife.ts"
import type { Entry } from "./Wake.ts"

export interface Totals {
  wakes: number
  readings: number
  /** Of these: not published, because too little of them has changed. */
  unchanged: number
  /** Messages acknowledged at the first try, and at a later one. */
  firstTry: number
  later: number
  dropped: number
  tries: number
  failedTries: number
  /** From a failed try to the next, in milliseconds. */
  longestWait: number
  /** Data messages that reached the Server, and how many of them it had before. */
  received: number
  duplicates: number
  largestState: number
  /** How often its battery has become low. */
  timesLow: number
  /** What the device measured last; undefined: it measures no battery. */
  battery?: { readonly volts: number; readonly percent: number } | undefined
}

/** Counts a life while it goes on. */
export interface Tally {
  readonly totals: Totals
  readonly add: (entry: Entry) => void
}

/** `prefix` begins the topics of data; what the device says of updates and of itself is none. */
export const tally = (prefix: string): Tally => {
  const words = [prefix + "/config_status", prefix + "/" + Status.level]
  const totals: Totals = {
    wakes: 0,
    readings: 0,
    unchanged: 0,
    firstTry: 0,
    later: 0,
    dropped: 0,
    tries: 0,
    failedTries: 0,
    longestWait: 0,
    received: 0,
    duplicates: 0,
    largestState: 0,
    timesLow: 0
  }
  const seen = new Set<string>()
  let attempt = 0
  let failedAt: number | undefined
  const addEvent = (entry: Extract<Entry, { readonly _tag: "Emitted" }>) => {
    const { at, event } = entry
    if (event._tag === "Woke") totals.wakes++
    if (event._tag === "Measured") totals.readings++
    if (event._tag === "Unchanged") totals.unchanged++
    if (event._tag === "BatteryLow" && event.isLow) totals.timesLow++
    if (event._tag === "Battery") totals.battery = { volts: event.volts, percent: event.percent }
    if (event._tag === "Dropped") totals.dropped += event.count
    if (event._tag === "MessageAbandoned") totals.dropped++
    if (event._tag === "Trying") {
      totals.tries++
      attempt = event.attempt
      if (failedAt !== undefined) totals.longestWait = Math.max(totals.longestWait, at - failedAt)
      failedAt = undefined
    }
    if (event._tag === "TryFailed") {
      totals.failedTries++
      failedAt = at
    }
    if (event._tag === "Delivered") {
      if (attempt === 1) totals.firstTry += event.count
      else totals.later += event.count
    }
  }
  const add = (entry: Entry) => {
    if (entry._tag === "Emitted") addEvent(entry)
    if (entry._tag === "Stored") totals.largestState = Math.max(totals.largestState, entry.kept.bytes)
    if (entry._tag !== "Message" || entry.toDevice) return
    if (!entry.topic.startsWith(prefix + "/") || words.includes(entry.topic)) return
    totals.received++
    // Only the document has its time in it; for a plain value only the DUP flag shows that it comes again.
    const key = entry.topic + " " + entry.payload
    if (seen.has(key) && (entry.dup || entry.topic.endsWith("/data"))) totals.duplicates++
    seen.add(key)
  }
  return { totals, add }
}

/** What the world knows at the end, besides the sums. */
export interface Ending {
  readonly elapsedMillis: number
  readonly radioMillis: number
  readonly writes: number
  readonly written: FlashLife.Written
  readonly pending: number
  /** Messages acknowledged, by the device's own memory. */
  readonly acknowledged: number
  readonly sleeps: boolean
  readonly stateBytes: number
  readonly versions: readonly [first: number, last: number]
}

const percent = (share: number): string => (Math.round(share * 10_000) / 100) + " %"

/** The sums as lines, the amounts below each other. */
export const lines = (totals: Totals, ending: Ending, layout: Format.Layout): ReadonlyArray<string> => {
  const { acknowledged, elapsedMillis, pending, radioMillis, sleeps, stateBytes, versions, writes, written } = ending
  const twice = totals.duplicates === 0 ? "none of them came twice"
    : Format.amount(totals.duplicates) + " of them twice: redelivered, marked DUP"
  // A device that is always on does not emit every delivery.
  const delivered = sleeps ? totals.firstTry + totals.later : acknowledged
  const how = sleeps
    ? Format.amount(totals.firstTry) + " at the first try, " + Format.amount(totals.later) + " at a later one"
    : "over connections that stay open"
  const silent = totals.received - totals.duplicates - delivered
  const unheard = silent <= 0 ? "" : "; of " + Format.amount(silent) + " the device does not know that they arrived"
  const days = elapsedMillis / 86_400_000
  const awake = totals.wakes === 0 || !sleeps ? "" : ", " + Format.duration(radioMillis / totals.wakes) + " a wake"
  const rows: ReadonlyArray<readonly [what: string, number: string, more: string]> = [
    ["wakes", Format.amount(totals.wakes), ""],
    ["readings", Format.amount(totals.readings),
      totals.unchanged === 0 ? "" : Format.amount(totals.unchanged) + " of them not published: too little had changed"],
    ["delivered", Format.amount(delivered), how],
    ["pending", Format.amount(pending), pending === 0 ? "" : "kept for the next try"],
    ["dropped", Format.amount(totals.dropped),
      totals.dropped === 0 ? "" : "to make room for newer ones while the Outbox was full"],
    ["the Server has", Format.amount(totals.received - totals.duplicates),
      totals.received === 0 ? "" : twice + unheard],
    ["tries", Format.amount(totals.tries), Format.amount(totals.failedTries) + " failed" +
      (totals.longestWait > 0 ? "; the longest wait for the next was " + Format.duration(totals.longestWait) : "")],
    ["radio on", percent(elapsedMillis === 0 ? 0 : radioMillis / elapsedMillis), Format.duration(radioMillis) + awake],
    ["configuration", "v" + versions[1],
      versions[0] === versions[1] ? "as flashed" : "flashed with v" + versions[0] + ", updated over MQTT"],
    ["state kept", Format.amount(stateBytes),
      "bytes; " + Format.amount(Math.max(stateBytes, totals.largestState)) + " at most"],
    ["writes to flash", Format.amount(writes), Format.amount(writes / days) + " a day"],
    ["flash lasts", ...FlashLife.words(written, days)],
    ...(totals.battery === undefined ? []
      : [["battery", totals.battery.percent + " %", totals.battery.volts + " V, as it was measured last"] as const])
  ]
  return rows.map((
    [what, number, more]
  ) => (layout.paint("quiet", what.padEnd(16)) + layout.paint("strong", number.padStart(10)) +
    (more === "" ? "" : "   " + more))
  )
}
