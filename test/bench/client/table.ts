/** Ratios of paired runs, as lines of a table in Markdown. */

export interface Pair {
  readonly ours: number
  readonly theirs: number
}

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] as number : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** The median of what theirs is of ours, pair by pair, and between which two half of the pairs lie. Above 1: ours takes less. */
export const ratio = (pairs: ReadonlyArray<Pair>): string => {
  const sorted = pairs.map(({ ours, theirs }) => theirs / ours).toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] as number).toFixed(1)
  return `${median(sorted).toFixed(1)} (${at(0.25)} to ${at(0.75)})`
}

export const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

export const heading = (...cells: ReadonlyArray<string>): string => [line(...cells), line(...cells.map(() => "---"))].join("\n")
