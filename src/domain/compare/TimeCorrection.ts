/**
 * Which figures of the energy model the times of a device correct: the speed of its interpreter, and how long it takes to
 * join its network.
 *
 * A range is found by arithmetic with the ends of all ranges. So the true figure is in it whenever the others are within
 * theirs. The parts of a join cannot be told from each other: their sum is measured, and each part has the range that
 * the sum and the other parts leave.
 */
import { type Figure, type Figures, figure, type Name } from "../energy/Figures.ts"
import type { Estimate } from "../energy/Model.ts"
import type { Joining } from "../energy/Setup.ts"
import { joinFigures, onlineWork, recallWork, type Visit } from "./WakeTimes.ts"

/** A device's times in milliseconds: until the radio starts, and from there to its status. */
export interface Times {
  readonly beforeRadio: Estimate
  readonly radio: Estimate
}

export interface TimeCorrection {
  /** Those that are corrected. */
  readonly figures: Partial<Figures>
  /** The join, measured: the sum of its parts, in milliseconds; undefined: it cannot be known. */
  readonly join: Estimate | undefined
  /** Sentences about what could not be corrected. */
  readonly remarks: ReadonlyArray<string>
}

/** Times are whole milliseconds. */
const rounding = 0.5

/** A processor that is faster than this is no board. Millions of instructions a second. */
const fastest = 400

/** The round trips of a real network, as multiples of the simulated ones. */
const trips = { low: 0.1, high: 3 } as const

const speed = ({ beforeRadio }: Times, recalling: Figure, source: string): Figure =>
  figure(
    1_000 * recalling.value / beforeRadio.value,
    1_000 * recalling.low / (beforeRadio.high + rounding),
    1_000 * recalling.high / Math.max(rounding, beforeRadio.low - rounding),
    source
  )

/** Milliseconds that the interpreter works online: so many times as long as before the radio starts. */
const workOnline = ({ beforeRadio }: Times, figures: Figures, visit: Visit): Estimate => {
  const work = (end: "value" | "low" | "high") =>
    onlineWork({ visitWork: figures.visitWork[end], messageWork: figures.messageWork[end] }, visit)
  const recalling = recallWork(visit)
  return {
    value: beforeRadio.value * work("value") / recalling.value,
    low: Math.max(0, beforeRadio.low - rounding) * work("low") / recalling.high,
    high: (beforeRadio.high + rounding) * work("high") / recalling.low
  }
}

/** What is left of the radio's time for the join. */
const joinOf = (times: Times, figures: Figures, visit: Visit): Estimate => {
  const work = workOnline(times, figures, visit)
  const waits = visit.online - visit.trips
  return {
    value: times.radio.value - visit.online - work.value,
    low: times.radio.low - waits - visit.trips * trips.high - work.high - rounding,
    high: times.radio.high - waits - visit.trips * trips.low - work.low + rounding
  }
}

const sum = (parts: ReadonlyArray<Figure>, end: "value" | "low" | "high"): number =>
  parts.reduce((total, part) => total + part[end], 0)

/** A part's value, when all parts move together so that their sum is `join`. */
const share = (part: Figure, parts: ReadonlyArray<Figure>, join: number): number => {
  const [value, low, high] = [sum(parts, "value"), sum(parts, "low"), sum(parts, "high")]
  if (join > high) return part.high * join / high
  if (join < low) return part.low * join / low
  const [end, all] = join > value ? [part.high, high] : [part.low, low]
  return all === value ? part.value : part.value + (end - part.value) * (join - value) / (all - value)
}

/** The range that the sum and the other parts leave. Where the sum is more than all can be, any part may be it. */
const left = (part: Figure, parts: ReadonlyArray<Figure>, join: Estimate): Pick<Estimate, "low" | "high"> => {
  const [low, high] = [sum(parts, "low"), sum(parts, "high")]
  const most = join.high - (low - part.low)
  const least = join.low - (high - part.high)
  return {
    low: Math.max(part.low, least),
    high: join.high > high ? most : Math.min(part.high, most)
  }
}

const joinParts = (
  figures: Figures,
  names: ReadonlyArray<Name>,
  join: Estimate,
  source: string
): Partial<Figures> => {
  const parts = names.map((name) => figures[name])
  return Object.fromEntries(names.map((name, index) => {
    const part = parts[index] as Figure
    const { high, low } = left(part, parts, join)
    const value = share(part, parts, join.value)
    return [name, figure(value, Math.min(low, value), Math.max(high, value), source)]
  }))
}

/** `source` is what the corrected figures will say of themselves. */
export const correct = (
  times: Times,
  figures: Figures,
  joining: Joining,
  visit: Visit,
  source: string
): TimeCorrection => {
  const interpreterSpeed = speed(times, recallWork(visit), source)
  if (!(interpreterSpeed.value < fastest)) {
    const remarks = ["the time before the radio starts is too short for a board: the times correct no figure"]
    return { figures: {}, join: undefined, remarks }
  }
  const join = joinOf(times, figures, visit)
  const corrected = { interpreterSpeed }
  const names = joinFigures(joining, visit)
  // A device that waits for nothing would seem to join in no time.
  if (join.high < sum(names.map((name) => figures[name]), "low")) {
    return {
      figures: corrected,
      join: undefined,
      remarks: [
        "the radio was on for less time than any join takes and the connection here: the join is not corrected; if a configuration is retained at topic_config, give --retained-config"
      ]
    }
  }
  return {
    figures: { ...corrected, ...joinParts(figures, names, { ...join, low: Math.max(0, join.low) }, source) },
    join: { ...join, low: Math.max(0, join.low) },
    // While the sensors are read the join goes on, so a shorter one does not show.
    remarks: join.value > figures.sensorTime.high ? []
      : ["the network may be joined sooner than the sensors are read: the join is at most what is stated"]
  }
}
