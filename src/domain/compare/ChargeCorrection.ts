/**
 * Which figures of the energy model a battery's discharge corrects.
 *
 * It measures one thing: which share of the battery a day takes. If the figures can explain it within their ranges, they
 * are moved together, those the most that are least certain; their ranges stay. If it is more than they explain,
 * something drains the board all the time, and that is the current of deep sleep.
 */
import { type Figure, type Figures, figure, type Name, names, type Values, values } from "../energy/Figures.ts"
import * as Model from "../energy/Model.ts"
import * as Outlook from "../energy/Outlook.ts"
import type { Setup } from "../energy/Setup.ts"

export interface ChargeCorrection {
  readonly figures: Partial<Figures>
  /** Milliamperes that the battery shows, if it has the capacity that the model assumes. */
  readonly current: Model.Estimate
  readonly remarks: ReadonlyArray<string>
}

const hoursADay = 24

/** Percent of what is usable that one day takes. */
export const percentADay = (stretch: Outlook.Stretch, setup: Setup) => (v: Values): number =>
  100 / Outlook.life(stretch, setup)(v)

/** Milliamperes. */
const shown = (perDay: Model.Estimate, { figures }: Setup): Model.Estimate => {
  const capacity = Model.estimate(figures, (v) => v.capacity * v.usableShare)
  const loss = Outlook.lossCurrent(values(figures))
  const current = (percent: number, usable: number) => Math.max(0, percent / 100 * usable / hoursADay - loss)
  return {
    value: current(perDay.value, capacity.value),
    low: current(perDay.low, capacity.low),
    high: current(perDay.high, capacity.high)
  }
}

/** Those that may move, and to which end of their ranges. `fixed` were measured otherwise. */
const movable = (
  figures: Figures,
  rate: (v: Values) => number,
  isMore: boolean,
  fixed: ReadonlySet<Name>
): ReadonlyArray<{ readonly name: Name; readonly to: number; readonly weight: number }> =>
  Model.effects(figures, rate).filter(({ name }) => !fixed.has(name)).map(({ high, low, name }) => {
    const [toLow, toHigh] = isMore ? [Math.log(low), Math.log(high)] : [-Math.log(low), -Math.log(high)]
    const isHigh = toHigh > toLow
    return { name, to: isHigh ? figures[name].high : figures[name].low, weight: Math.max(0, toLow, toHigh) }
  }).filter(({ weight }) => weight > 0.001)

/** All of them on the way to their ends, the less certain ones further. */
const moved = (figures: Figures, ends: ReturnType<typeof movable>, way: number): Values => {
  const v: Record<Name, number> = { ...values(figures) }
  const most = Math.max(...ends.map(({ weight }) => weight))
  for (const { name, to, weight } of ends) v[name] += (to - v[name]) * Math.min(1, way * weight / most)
  return v
}

const steps = 50

/** Values for which the model has this rate, or comes as near to it as the ranges let it. */
const explaining = (
  figures: Figures,
  rate: (v: Values) => number,
  wanted: number,
  fixed: ReadonlySet<Name>
): Values => {
  const isMore = wanted > rate(values(figures))
  const ends = movable(figures, rate, isMore, fixed)
  if (ends.length === 0) return values(figures)
  let [near, far] = [0,
    1 / Math.min(...ends.map(({ weight }) => weight)) * Math.max(...ends.map(({ weight }) => weight))]
  for (let step = 0; step < steps; step++) {
    const middle = (near + far) / 2
    if ((rate(moved(figures, ends, middle)) < wanted) === isMore) near = middle
    else far = middle
  }
  return moved(figures, ends, near)
}

/** Less than this is no correction. */
const least = 0.01

/** Asleep nearly all the time: what drains a board always is added to that current. */
const drain = (current: Model.Estimate, stretch: Outlook.Stretch, setup: Setup, source: string): Figure => {
  const { sleepCurrent } = setup.figures
  const others = Model.estimate({ ...setup.figures, sleepCurrent: figure(0, 0, 0, "") },
    Outlook.meanCurrent(stretch, setup))
  const asleep = stretch.usage.served.asleep / stretch.millis
  const left = (whole: number, rest: number) => Math.max(sleepCurrent.low, (whole - rest) / asleep)
  const value = left(current.value, others.value)
  return figure(value, Math.min(value, left(current.low, others.high)), left(current.high, others.low), source)
}

/** `perDay`: percent of what is usable that a day took. `fixed`: figures that were measured otherwise. */
export const correct = (
  perDay: Model.Estimate,
  stretch: Outlook.Stretch,
  setup: Setup,
  fixed: ReadonlySet<Name>,
  source: string
): ChargeCorrection => {
  const { figures } = setup
  const current = shown(perDay, setup)
  const rate = percentADay(stretch, setup)
  const expected = Model.estimate(figures, rate)
  if (perDay.low > expected.high && stretch.usage.served.asleep > 0) {
    return {
      figures: { sleepCurrent: drain(current, stretch, setup, source) },
      current,
      remarks: [
        "the battery empties faster than any figures in their ranges explain: if it has its capacity, something drains the board all the time"
      ]
    }
  }
  // What is measured no better than the model knows it corrects nothing.
  const now = rate(values(figures))
  if (perDay.low <= now && now <= perDay.high) return { figures: {}, current, remarks: [] }
  const v = explaining(figures, rate, perDay.value, fixed)
  const changed = names.filter((name) => Math.abs(v[name] - figures[name].value) > least * figures[name].value)
  return {
    figures: Object.fromEntries(
      changed.map((
        name
      ) => [name, figure(v[name], figures[name].low, figures[name].high, source + "; " + figures[name].source)])
    ),
    current,
    remarks: perDay.high < expected.low
      ? ["the battery empties more slowly than any figures in their ranges explain: it may be larger than assumed"] : []
  }
}
