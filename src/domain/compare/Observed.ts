/** What devices have reported in their statuses, as the comparison needs it. */
import type { Estimate } from "../energy/Model.ts"
import * as Discharge from "./Discharge.ts"
import { type InBlock, median, medianOf } from "./Statistics.ts"
import type { Times } from "./TimeCorrection.ts"

/** One status. `at` in milliseconds since 1970, `uptime` in seconds; what it did not say is undefined. */
export interface Seen {
  readonly device: string
  readonly at: number
  readonly uptime: number
  readonly tries: number | undefined
  readonly awakeMillis: number | undefined
  readonly radioMillis: number | undefined
  readonly wokenBy: string | undefined
  readonly lastError: string | undefined
  readonly nextConnection: number | undefined
  readonly batteryPercent: number | undefined
}

/** What is known of one device, or of several together. */
export interface Observed {
  readonly statuses: number
  /** Milliseconds since 1970. */
  readonly from: number
  readonly to: number
  /** When its first wake was, as its uptime says. */
  readonly begun: number
  /** Of connections at the first try in an ordinary wake; undefined: there were too few. */
  readonly times: Times | undefined
  /** Milliseconds from the program's start to the status, of the same connections. */
  readonly awake: Estimate | undefined
  /** Share of the connections that succeeded at the first try, and tries for each connection. */
  readonly firstTry: number
  readonly tries: number
  readonly discharge: Discharge.Discharge | undefined
  /** What more would have to be known for the times, and for the discharge; undefined: enough is known. */
  readonly lacks: { readonly times: string | undefined; readonly discharge: string | undefined }
  /** The last percentage that was reported. */
  readonly percent: number | undefined
}

const dayMillis = 86_400_000

/** Fewer connections say too little. */
const leastConnections = 10

/** A wake by the timer that connected at once: its times are those of an ordinary one. */
const isOrdinary = ({ awakeMillis, radioMillis, tries, uptime, wokenBy }: Seen): boolean =>
  tries === 1 && uptime > 0 && (wokenBy === undefined || wokenBy === "timer") && awakeMillis !== undefined &&
  radioMillis !== undefined && radioMillis > 0 && awakeMillis >= radioMillis

const blockOf = ({ at, device }: Seen): string => device + " " + Math.floor(at / dayMillis)

const estimateOf = (seen: ReadonlyArray<Seen>, of: (one: Seen) => number): Estimate => {
  const values: ReadonlyArray<InBlock> = seen.map((one) => ({ value: of(one), block: blockOf(one) }))
  return medianOf(values) as Estimate
}

const timesOf = (ordinary: ReadonlyArray<Seen>): Times => ({
  beforeRadio: estimateOf(ordinary, ({ awakeMillis = 0, radioMillis = 0 }) => awakeMillis - radioMillis),
  radio: estimateOf(ordinary, ({ radioMillis = 0 }) => radioMillis)
})

/** `seen` in the order of time, at least one. */
export const of = (seen: ReadonlyArray<Seen>): Observed => {
  const ordinary = seen.filter(isOrdinary)
  const isEnough = ordinary.length >= leastConnections
  const tries = seen.map((one) => one.tries ?? 1)
  const levels = seen.filter(({ batteryPercent }) => batteryPercent !== undefined).map((
    { at, batteryPercent = 0 }
  ) => ({
    at,
    percent: batteryPercent
  }))
  const [first, last] = [seen[0] as Seen, seen[seen.length - 1] as Seen]
  return {
    statuses: seen.length,
    from: first.at,
    to: last.at,
    begun: median(seen.map(({ at, uptime }) => at - uptime * 1_000)),
    times: isEnough ? timesOf(ordinary) : undefined,
    awake: isEnough ? estimateOf(ordinary, ({ awakeMillis = 0 }) => awakeMillis) : undefined,
    firstTry: tries.filter((count) => count <= 1).length / tries.length,
    tries: tries.reduce((sum, count) => sum + count, 0) / tries.length,
    discharge: Discharge.discharge(levels),
    lacks: {
      times: isEnough ? undefined
        : `${leastConnections} connections at the first try, in wakes by the timer; there are ${ordinary.length}`,
      discharge: Discharge.lacking(levels)
    },
    percent: levels[levels.length - 1]?.percent
  }
}

/** More of several devices together tell nothing more. */
const mostTogether = 20_000

/**
 * What is known of several devices together: the times of all, and the battery of the one that loses as much as half of
 * them do. Each of them has a battery of its own, so their percentages cannot be mixed.
 */
export const together = (all: ReadonlyArray<ReadonlyArray<Seen>>): Observed => {
  const seen = all.flat().sort((one, other) => one.at - other.at)
  const step = Math.ceil(seen.length / mostTogether)
  const pooled = of(seen.filter((_, index) => index % step === 0))
  const own = all.map(of).sort((one, other) =>
    (one.discharge?.perDay.value ?? Infinity) - (other.discharge?.perDay.value ?? Infinity)
  )
  const known = own.filter(({ discharge }) => discharge !== undefined)
  const typical = known[Math.floor((known.length - 1) / 2)] ?? own[Math.floor((own.length - 1) / 2)]
  if (typical === undefined) return pooled
  const { begun, discharge, percent, to } = typical
  const lacks = { ...pooled.lacks, discharge: typical.lacks.discharge }
  return { ...pooled, statuses: seen.length, begun, discharge, lacks, percent, to }
}
