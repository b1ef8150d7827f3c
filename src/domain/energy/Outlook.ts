/**
 * What some simulated days mean for a battery: current, life, energy for each reading, and their parts.
 *
 * The life is calculated as if such days went on until the battery is empty.
 */
import { type Values, values } from "./Figures.ts"
import * as Model from "./Model.ts"
import type { Setup } from "./Setup.ts"
import type { Usage } from "./Usage.ts"

/** Some days: what was used, how long they were, and how many messages were delivered. */
export interface Stretch {
  readonly usage: Usage
  readonly millis: number
  readonly delivered: number
}

export interface Share<Key extends string = string> {
  readonly name: Key
  readonly millicoulombs: number
  /** 0 to 1. */
  readonly share: number
}

export interface Outlook {
  /** Milliamperes, without the self-discharge of the battery. */
  readonly current: Model.Estimate
  readonly lifeDays: Model.Estimate
  /** Joules for each delivered message, everything included; undefined: none was delivered. */
  readonly joules: Model.Estimate | undefined
  /** The largest first. */
  readonly causes: ReadonlyArray<Share<Model.Cause>>
  readonly phases: ReadonlyArray<Share>
  /** The figures whose ranges make the range of the life widest, the worst first. */
  readonly uncertain: ReadonlyArray<Model.Effect>
}

const hoursAMonth = 730.5

/** Milliamperes. */
export const meanCurrent = ({ millis, usage }: Stretch, { joining }: Setup) => (v: Values): number =>
  millis > 0 ? Model.total(usage, v, joining) / (millis / 1_000) : 0

/** Milliamperes of self-discharge. */
export const lossCurrent = (v: Values): number => v.capacity * v.selfDischarge / hoursAMonth

/** Days until the usable part of a full battery is empty. */
export const life = (stretch: Stretch, setup: Setup) => (v: Values): number =>
  v.capacity * v.usableShare / (meanCurrent(stretch, setup)(v) + lossCurrent(v)) / 24

/**
 * How full, in percent of what a board can use, a battery still is that was `from` percent full before such days: 0 when
 * `life` is over.
 */
export const remaining = (stretch: Pick<Stretch, "usage" | "millis">, setup: Setup, from: number): number => {
  const v = values(setup.figures)
  const milliampHours = Model.total(stretch.usage, v, setup.joining) / 3_600 +
    lossCurrent(v) * stretch.millis / 3_600_000
  return Math.max(0, from - 100 * milliampHours / (v.capacity * v.usableShare))
}

const ranked = <Key extends string>(sums: ReadonlyMap<Key, number>): ReadonlyArray<Share<Key>> => {
  const whole = [...sums.values()].reduce((sum, value) => sum + value, 0)
  const shares = [...sums].map(([name, millicoulombs]) => ({
    name,
    millicoulombs,
    share: whole > 0 ? millicoulombs / whole : 0
  }))
  return shares.filter(({ millicoulombs }) => millicoulombs > 0).sort((a, b) => b.millicoulombs - a.millicoulombs)
}

const width = ({ high, low }: Model.Effect): number => Math.abs(Math.log(high / low))

export const of = (stretch: Stretch, setup: Setup): Outlook => {
  const { figures, joining } = setup
  const { delivered, usage } = stretch
  const lifetime = life(stretch, setup)
  return {
    current: Model.estimate(figures, meanCurrent(stretch, setup)),
    lifeDays: Model.estimate(figures, lifetime),
    joules: delivered === 0 ? undefined
      : Model.estimate(figures, (v) => Model.total(usage, v, joining) / 1_000 * v.voltage / delivered),
    causes: ranked(Model.byCause(usage, setup)),
    phases: ranked(Model.byPhase(usage, setup)),
    uncertain: Model.effects(figures, lifetime).filter((effect) => width(effect) > 0.01).sort((a, b) =>
      width(b) - width(a)
    )
  }
}
