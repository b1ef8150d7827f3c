/**
 * Ordinary days: the same device with its own configuration, while the Server is there, the network is there, and no
 * update comes. They say how long a battery lasts. The days of a story depend on what happens in them.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { SimulationResult } from "./SimulationResult.ts"
import * as Format from "../../dormouse/terminal/Format.ts"
import type { Name } from "./Story.ts"

/** So many wakes are enough to know the cost of one; the first one costs more than the others. */
const minWakes = 300

/** The same of connections, where not every wake makes one. */
const minVisits = 50

/** How many days are enough. A device that is always on has no wakes, and each of its hours is like the others. */
export const daysOf = ({ deepSleep, mqtt, publishInterval }: DeviceConfig): number => {
  const seconds = Math.max(minWakes * publishInterval, minVisits * mqtt.sendInterval)
  return deepSleep ? Math.min(300, Math.max(1, seconds / 86_400)) : 0.5
}

/** Whether a story's days are ordinary ones themselves, and enough of them. */
export const isOrdinary = (story: Name, days: number, config: DeviceConfig): boolean =>
  story === "healthy" && days >= daysOf(config)

/** What was unusual in a story's days, as the parts of a sentence. */
export const differences = ({ config, days, life: { chronicle, totals } }: SimulationResult): ReadonlyArray<string> => {
  const at = Format.dayStamps(days).at
  const waited = chronicle.spans.reduce((sum, { waiting }) => sum + waiting, 0)
  const often = (millis: number) => (config.deepSleep ? "a wake" : "a reading") + " every " + Format.duration(millis)
  let interval = config.publishInterval * 1_000
  const updates = chronicle.changes.map((change) => {
    const before = interval
    interval = change.intervalMillis
    return `from ${at(change.at)} on version ${change.version} was used, `
      + (before === interval ? "with the same interval"
        : `with ${often(interval)} and not every ${Format.duration(before)}`)
  })
  return [
    ...(waited === 0 ? []
      : [`${Format.amount(waited)} of ${Format.plural(totals.wakes, "wake")} waited with the radio off`]),
    ...(totals.failedTries === 0 ? [] : [Format.plural(totals.failedTries, "try") + " failed"]),
    ...(totals.timesLow === 0 || config.battery?.lowSendInterval === 0 ? []
      : ["the battery was low, and it sent more seldom"]),
    ...(chronicle.betweenTries < 1_000 ? []
      : [`the radio was on for ${Format.duration(chronicle.betweenTries)} between tries of a wake`]),
    ...updates
  ]
}

/**
 * The life in days if all days were like the story's, and why it is another one; undefined: they were ordinary days.
 */
export const inTheseDays = (
  lived: SimulationResult
): { readonly lifeDays: number; readonly why: string } | undefined => {
  if (lived.lived === lived.outlook) return undefined
  const why = differences(lived)
  return {
    lifeDays: lived.lived.lifeDays.value,
    why: why.length === 0 ? "nothing unusual happened" : why.join("; ")
  }
}
