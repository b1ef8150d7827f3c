/** Which devices differ from the others, and in what. */
import { median } from "./Statistics.ts"
import type { Observed, Seen } from "./Observed.ts"

/** One device. */
export interface Member {
  readonly device: string
  readonly observed: Observed
  readonly last: Seen
}

export interface Deviation {
  readonly device: string
  /** What is unusual, the parts of a sentence; none: nothing. */
  readonly reasons: ReadonlyArray<Reason>
}

export type Reason =
  /** It takes so much longer, or loses so much more, than is usual. */
  | { readonly _tag: "Unusual"; readonly what: Measure; readonly value: number; readonly usual: number }
  /** It should have connected by then, and has not. Milliseconds. */
  | { readonly _tag: "Silent"; readonly since: number }
  | { readonly _tag: "Error"; readonly message: string }

/** Milliseconds; tries for each connection; percent a day. */
export type Measure = "beforeRadio" | "radio" | "tries" | "perDay"

export const measures: ReadonlyArray<Measure> = ["beforeRadio", "radio", "tries", "perDay"]

export const valueOf = ({ discharge, times, tries }: Observed, measure: Measure): number | undefined =>
  measure === "tries" ? tries : measure === "perDay" ? discharge?.perDay.value : times?.[measure].value

/** A device that differs by less than that does not deviate. */
const least = 1.25

/** Nor one that is within so many times the usual distance from the middle. */
const usualDistances = 4

/** From the median absolute deviation to a standard deviation, for values that are spread normally. */
const toStandard = 1.4826

/** The middle of a measure, and by which factor a device may differ from it. */
const usualOf = (
  members: ReadonlyArray<Member>,
  expected: Readonly<Partial<Record<Measure, number>>>,
  measure: Measure
) => {
  const values = members.map(({ observed }) => valueOf(observed, measure)).filter((value): value is number =>
    value !== undefined && value > 0
  )
  // Of two nobody knows which is the usual one.
  if (values.length < 3) return { middle: expected[measure], factor: least }
  const middle = median(values)
  const distance = median(values.map((value) => Math.abs(Math.log(value / middle)))) * toStandard
  return { middle, factor: Math.max(least, Math.exp(usualDistances * distance)) }
}

/** Missed connections before a device counts as silent. */
const missed = 3

const silence = ({ last }: Member, now: number): ReadonlyArray<Reason> =>
  last.nextConnection !== undefined && now - last.at > missed * last.nextConnection * 1_000
    ? [{ _tag: "Silent", since: last.at }] : []

/**
 * Each device with what is unusual about it. `expected`: where there are too few devices to know what is usual. `now`:
 * the last moment of which anything is known.
 */
export const deviations = (
  members: ReadonlyArray<Member>,
  expected: Readonly<Partial<Record<Measure, number>>>,
  now: number
): ReadonlyArray<Deviation> => {
  const usual = new Map(measures.map((measure) => [measure, usualOf(members, expected, measure)]))
  return members.map((member) => {
    const unusual = measures.flatMap((what): ReadonlyArray<Reason> => {
      const value = valueOf(member.observed, what)
      const { factor = least, middle } = usual.get(what) ?? {}
      if (value === undefined || middle === undefined || !(middle > 0) || !(value > 0)) return []
      return Math.abs(Math.log(value / middle)) > Math.log(factor) ? [{ _tag: "Unusual", what, value, usual: middle }]
        : []
    })
    const { lastError } = member.last
    const errors: ReadonlyArray<Reason> = lastError === undefined ? [] : [{ _tag: "Error", message: lastError }]
    return { device: member.device, reasons: [...unusual, ...silence(member, now), ...errors] }
  })
}
