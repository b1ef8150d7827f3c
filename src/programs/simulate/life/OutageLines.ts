/** An outage in lines of a terminal, with what it cost the battery. */
import { values } from "../../../domain/energy/Figures.ts"
import * as Model from "../../../domain/energy/Model.ts"
import * as Usage from "../../../domain/energy/Usage.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import * as Energy from "./Energy.ts"
import type { Moment } from "./Outage.ts"
import type { SimulationResult } from "./SimulationResult.ts"

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
