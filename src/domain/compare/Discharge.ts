/**
 * How fast a battery empties, from the percentages that a device has reported, and when it will be empty.
 *
 * Medians of equal spans of time, and the median of the slopes between all pairs of them (Theil and Sen): a cold night
 * or a strange value changes little. The range comes from drawing the spans anew.
 */
import type { Estimate } from "../energy/Model.ts"
import { chance, draws, median, rangeOf } from "./Statistics.ts"

/** Milliseconds since 1970, and percent of what is usable. */
export interface Level {
  readonly at: number
  readonly percent: number
}

export interface Discharge {
  /** When this battery was first seen, and last. */
  readonly from: number
  readonly to: number
  /** Percent at the end, as the line has it. */
  readonly percent: number
  /** Percent that it loses in a day. */
  readonly perDay: Estimate
  /** When it is empty, milliseconds since 1970; `high` may be Infinity. */
  readonly empty: Estimate
}

const dayMillis = 86_400_000
const hourMillis = 3_600_000

const mostSpans = 60
const shortestSpan = 2 * hourMillis

/** Fewer spans, days or percent than that tell nothing. */
const leastSpans = 6
const leastDays = 1
const leastPercent = 1.5

/** A rise by so much is another battery, or this one charged. */
const rise = 12

/** Medians of spans of time. */
const spansOf = (levels: ReadonlyArray<Level>): ReadonlyArray<Level> => {
  const [first, last] = [levels[0], levels[levels.length - 1]]
  if (first === undefined || last === undefined) return []
  const length = Math.max(shortestSpan, (last.at - first.at) / mostSpans)
  const spans = new Map<number, Array<Level>>()
  for (const level of levels) {
    const place = Math.floor((level.at - first.at) / length)
    const span = spans.get(place)
    if (span === undefined) spans.set(place, [level])
    else span.push(level)
  }
  return [...spans.values()].map((span) => ({
    at: median(span.map(({ at }) => at)),
    percent: median(span.map(({ percent }) => percent))
  }))
}

/** Those since the battery was last changed or charged. */
const sinceLastRise = (levels: ReadonlyArray<Level>): ReadonlyArray<Level> => {
  const spans = spansOf(levels)
  for (let index = spans.length - 1; index > 0; index--) {
    const [before, after] = [spans[index - 1] as Level, spans[index] as Level]
    if (after.percent - before.percent > rise) return levels.filter(({ at }) => at > (before.at + after.at) / 2)
  }
  return levels
}

/** The slope in percent a millisecond; NaN: there are no two moments. */
const slopeOf = (spans: ReadonlyArray<Level>): number => {
  const slopes: Array<number> = []
  spans.forEach((one, index) => {
    for (const other of spans.slice(index + 1)) {
      if (other.at !== one.at) slopes.push((other.percent - one.percent) / (other.at - one.at))
    }
  })
  return median(slopes)
}

/** The line through the spans: its slope, and when it reaches 0. */
const lineOf = (spans: ReadonlyArray<Level>) => {
  const slope = slopeOf(spans)
  const origin = spans[0]?.at ?? 0
  const level = median(spans.map(({ at, percent }) => percent - slope * (at - origin)))
  return { perDay: -slope * dayMillis, empty: slope < 0 ? origin - level / slope : Infinity, level, slope, origin }
}

/** Days, with at most one decimal. */
const daysIn = (days: number): string => String(Math.round(days * 10) / 10)

/** Why `levels`, in the order of time, say nothing of how fast a battery empties, and what would; undefined: they do. */
export const lacking = (levels: ReadonlyArray<Level>): string | undefined => {
  const own = sinceLastRise(levels)
  const [first, last] = [own[0], own[own.length - 1]]
  if (first === undefined || last === undefined) return "statuses with the battery in percent; there are none"
  const spans = spansOf(own)
  const days = (last.at - first.at) / dayMillis
  const since = own.length < levels.length ? " since the battery was changed or charged" : ""
  if (spans.length < leastSpans || days < leastDays) {
    return `percentages of a day, in ${leastSpans} spans of ${
      shortestSpan / hourMillis
    } hours at least; there are ${spans.length} `
      + `in ${daysIn(days)} days${since}`
  }
  const lost = lineOf(spans).perDay * days
  return lost >= leastPercent ? undefined
    : `a loss of ${leastPercent} percent; the battery has lost ${Math.max(0, Math.floor(lost * 10) / 10)} in ${
      daysIn(days)
    } days${since}`
}

/** `levels` in the order of time. Undefined: they say too little (`lacking`). */
export const discharge = (levels: ReadonlyArray<Level>): Discharge | undefined => {
  if (lacking(levels) !== undefined) return undefined
  const own = sinceLastRise(levels)
  const spans = spansOf(own)
  const [first, last] = [own[0], own[own.length - 1]] as [Level, Level]
  const { empty, level, origin, perDay, slope } = lineOf(spans)
  const next = chance()
  const lines = Array.from({ length: draws },
    () => lineOf(spans.map(() => spans[Math.floor(next() * spans.length)] as Level)))
    .filter((line) => !Number.isNaN(line.perDay))
  const around = (value: number, drawn: ReadonlyArray<number>): Estimate => {
    const { high, low } = rangeOf(drawn)
    return { value, low: Math.min(low, value), high: Math.max(Number.isNaN(high) ? Infinity : high, value) }
  }
  return {
    from: first.at,
    to: last.at,
    percent: level + slope * (last.at - origin),
    perDay: around(perDay, lines.map((line) => line.perDay)),
    empty: around(empty, lines.map((line) => line.empty))
  }
}
