/**
 * What a lived stretch of days means for a battery: current, life, energy a reading, and what they are made of.
 *
 * A life is foretold as if days like these went on until the battery is empty.
 */
import type { Values } from "./Figures.ts"
import * as Model from "./Model.ts"
import type { Setup } from "./Setup.ts"
import type { Usage } from "./Usage.ts"

/** A stretch of days: what it used, how long it was, and how many messages were delivered. */
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
  /** Milliamperes, without what the battery loses by itself. */
  readonly current: Model.Estimate
  readonly lifeDays: Model.Estimate
  /** Joules for each message delivered, everything else included; undefined: none was. */
  readonly joules: Model.Estimate | undefined
  /** The largest first. */
  readonly causes: ReadonlyArray<Share<Model.Cause>>
  readonly phases: ReadonlyArray<Share>
  /** The figures whose ranges widen the range of the life most, the worst first. */
  readonly uncertain: ReadonlyArray<Model.Effect>
}

const hoursAMonth = 730.5

/** Milliamperes. */
export const meanCurrent = ({ millis, usage }: Stretch, { joining }: Setup) => (v: Values): number =>
  millis > 0 ? Model.total(usage, v, joining) / (millis / 1_000) : 0

/** Milliamperes that go without anybody using them. */
export const lossCurrent = (v: Values): number => v.capacity * v.selfDischarge / hoursAMonth

/** Days until what is usable of a full battery is gone. */
export const life = (stretch: Stretch, setup: Setup) => (v: Values): number =>
  v.capacity * v.usableShare / (meanCurrent(stretch, setup)(v) + lossCurrent(v)) / 24

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
