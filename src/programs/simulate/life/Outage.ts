/**
 * What the first outage of a life was for the device: what it kept, what gave way, when all was delivered, and what that
 * cost its battery.
 */
import { values } from "../../../domain/energy/Figures.ts"
import * as Model from "../../../domain/energy/Model.ts"
import * as Usage from "../../../domain/energy/Usage.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import * as Energy from "./Energy.ts"
import type { SimulationResult } from "./SimulationResult.ts"
import type { ServerState } from "./Story.ts"
import type { Entry } from "./Wake.ts"

/** Times in milliseconds since the life began; `usage` since then, too. */
interface Moment {
  readonly at: number
  readonly usage: Usage.Usage
}

export interface Outage {
  readonly began: Moment
  /** Undefined: it lasts. */
  readonly ended: Moment | undefined
  /** The end of the wake in which the last pending message was delivered; undefined: some are pending. */
  readonly caughtUp: Moment | undefined
  readonly readings: number
  readonly tries: number
  /** While it lasted, and until the device had caught up: messages dropped, most ever pending, messages delivered. */
  readonly dropped: number
  readonly mostPending: number
  readonly delivered: number
  /** Wakes that delivered these. */
  readonly wakes: number
}

type Sum = { -readonly [key in keyof Outage]: Outage[key] }

/** `usage`: everything used until then. A device that is always on has no end of a wake. */
export const make = (usage: (at: number) => Usage.Usage, sleeps: boolean) => {
  let sum: Sum | undefined
  let [hasDelivered, pending] = [false, 0]
  const rest = (outage: Sum, at: number) => {
    if (hasDelivered && pending === 0 && outage.ended !== undefined) outage.caughtUp = { at, usage: usage(at) }
    hasDelivered = false
  }
  const begun = (at: number): Sum => ({
    began: { at, usage: usage(at) },
    ended: undefined,
    caughtUp: undefined,
    readings: 0,
    tries: 0,
    dropped: 0,
    mostPending: 0,
    delivered: 0,
    wakes: 0
  })

  const setServer = (at: number, state: ServerState): void => {
    if (state !== "up") sum ??= begun(at)
    else if (sum !== undefined) sum.ended ??= { at, usage: usage(at) }
  }

  const hear = (entry: Entry): void => {
    if (sum === undefined || sum.caughtUp !== undefined) return
    if (entry._tag === "Stored") sum.mostPending = Math.max(sum.mostPending, entry.kept.pending)
    if (entry._tag !== "Emitted") return
    const { at, event } = entry
    if (sum.ended === undefined && event._tag === "Measured") sum.readings++
    if (sum.ended === undefined && event._tag === "Trying") sum.tries++
    if (event._tag === "Dropped") sum.dropped += event.count
    if (event._tag === "Delivered") {
      sum.delivered += event.count
      if (!hasDelivered) sum.wakes++
      sum.mostPending = Math.max(sum.mostPending, event.count + event.pending)
      hasDelivered = true
      pending = event.pending
    }
    if (event._tag === (sleeps ? "Sleeping" : "Delivered")) rest(sum, at)
  }

  return { setServer, hear, end: (): Outage | undefined => sum }
}

/** Milliampere hours between two moments. */
const charge = (from: Moment, to: Moment, { setup: { figures, joining } }: SimulationResult): number =>
  Model.total(Usage.difference(to.usage, from.usage), values(figures), joining) / 3_600

const milliampHours = (value: number): string => Energy.significant(value) + " mAh"

const dropWords = ({ config: { mqtt: { outbox } } }: SimulationResult): string =>
  outbox.whenFull === "thin_older" ? "thinned out, so that what is left covers the whole outage"
    : "to make room: mqtt.outbox.when_full is " + outbox.whenFull

/** What gives way does so several at once (`spill`). */
const roomFor = (capacity: number, most: number): string =>
  "room for " + Format.amount(capacity) + (most > capacity ? ", and some more until several give way at once" : "")

/** More than usual, or less: in words. */
const beside = (used: number, usual: number): string => {
  const less = usual - used
  return milliampHours(Math.abs(less)) + (less > 0 ? " less" : " more") + " than on ordinary days"
}

export const lines = (lived: SimulationResult, noun: string, layout: Format.Layout): ReadonlyArray<string> => {
  const { outage } = lived.life
  if (outage?.ended === undefined) return []
  const { began, caughtUp, delivered, dropped, ended, mostPending, readings, tries, wakes } = outage
  const usual = (from: Moment, to: Moment) => lived.outlook.current.value * (to.at - from.at) / 3_600_000
  const [used, ordinary] = [charge(began, ended, lived), usual(began, ended)]
  const rows: ReadonlyArray<readonly [what: string, number: string, more: string]> = [
    ["measured", Format.amount(readings), Format.plural(tries, "try") + " failed" +
      (lived.config.deepSleep ? "; the radio was off between them" : "")],
    ["kept", Format.amount(mostPending), Format.plural(mostPending, noun).replace(/^\S+ /, "") + " pending at most; " +
      roomFor(lived.config.mqtt.outbox.capacity, mostPending)],
    ["dropped", Format.amount(dropped), dropped === 0 ? "" : dropWords(lived)],
    ["delivered", Format.amount(delivered), caughtUp === undefined ? "and not all yet when the days were over"
      : (lived.config.deepSleep ? "in " + Format.plural(wakes, "wake") + "; " : "") + "the last " +
        Format.duration(caughtUp.at - ended.at)
        + " after the Server was back"],
    ["battery", milliampHours(used), "while the Server was away: " + beside(used, ordinary)],
    ...(caughtUp === undefined ? []
      : [["", milliampHours(charge(ended, caughtUp, lived)), "from then until all was delivered: " +
        beside(charge(ended, caughtUp, lived), usual(ended, caughtUp))] as const])
  ]
  return Format.figures(rows, layout)
}
