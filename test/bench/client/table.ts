/** Ratios of paired runs. */

export interface Pair {
  readonly ours: number
  readonly theirs: number
}

const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] as number : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The median of what theirs is of ours, pair by pair, and the least and the greatest. Above 1: ours takes less. */
export const ratio = (pairs: ReadonlyArray<Pair>): string => {
  const ratios = pairs.map(({ ours, theirs }) => theirs / ours)
  const [least, middle, most] = [Math.min(...ratios), median(ratios), Math.max(...ratios)].map((value) => value.toFixed(2))
  return `${middle} (${least} to ${most})`
}

export const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`
