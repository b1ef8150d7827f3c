/**
 * Plain statistics that a few bad values do not disturb: medians, and ranges by the bootstrap. The same values give the
 * same ranges: chance comes from a fixed seed.
 */
import type { Estimate } from "../energy/Model.ts"

/** Of values in ascending order, `share` from 0 to 1. */
export const quantile = (sorted: ReadonlyArray<number>, share: number): number => {
  const place = share * (sorted.length - 1)
  const below = Math.floor(place)
  const [low, high] = [sorted[below] as number, sorted[Math.min(below + 1, sorted.length - 1)] as number]
  return low + (high - low) * (place - below)
}

const ascending = (values: ReadonlyArray<number>): Array<number> => [...values].sort((a, b) => a - b)

/** NaN: of nothing. */
export const median = (values: ReadonlyArray<number>): number =>
  values.length === 0 ? NaN : quantile(ascending(values), 0.5)

/** Numbers from 0 to below 1, always the same (mulberry32). */
export const chance = (): () => number => {
  let state = 0x446f726d
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** How often something is drawn anew. */
export const draws = 400

/** The middle 95 % of what was drawn. */
export const rangeOf = (drawn: ReadonlyArray<number>): Pick<Estimate, "low" | "high"> => {
  const sorted = ascending(drawn)
  return { low: quantile(sorted, 0.025), high: quantile(sorted, 0.975) }
}

/** How often each of `count` things is drawn, when `count` are drawn with replacement. */
export const drawnCounts = (count: number, next: () => number): Uint32Array => {
  const counts = new Uint32Array(count)
  for (let i = 0; i < count; i++) {
    const place = Math.floor(next() * count)
    counts[place] = (counts[place] as number) + 1
  }
  return counts
}

/** A value, and what it belongs to: values of one block (a device's day) are alike, and are drawn together. */
export interface InBlock {
  readonly value: number
  readonly block: string
}

/** The median of values of which each counts as often as its block was drawn. */
const weightedMedian = (sorted: ReadonlyArray<readonly [value: number, block: number]>, counts: Uint32Array) => {
  const half = sorted.reduce((sum, [, block]) => sum + (counts[block] as number), 0) / 2
  let seen = 0
  for (const [value, block] of sorted) {
    seen += counts[block] as number
    if (seen >= half) return value
  }
  return NaN
}

/** The median, and the range in which it would be if other days had been seen. Undefined: there are no values. */
export const medianOf = (values: ReadonlyArray<InBlock>): Estimate | undefined => {
  if (values.length === 0) return undefined
  const blocks = new Map<string, number>()
  for (const { block } of values) if (!blocks.has(block)) blocks.set(block, blocks.size)
  const sorted = values.map(({ block, value }) => [value, blocks.get(block) as number] as const).sort((a, b) =>
    a[0] - b[0]
  )
  const next = chance()
  const drawn = Array.from({ length: draws }, () => weightedMedian(sorted, drawnCounts(blocks.size, next)))
  const value = median(values.map((each) => each.value))
  const { high, low } = rangeOf(drawn)
  return { value, low: Math.min(low, value), high: Math.max(high, value) }
}
