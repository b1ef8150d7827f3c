/** Ratios of paired runs, as lines of a table in Markdown. */

export const median = (values: ReadonlyArray<number>): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] as number
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** Of runs that were made in pairs. */
export const ratios = (dividends: ReadonlyArray<number>, divisors: ReadonlyArray<number>): ReadonlyArray<number> =>
  dividends.map((dividend, i) => dividend / (divisors[i] ?? NaN))

/** The median of the ratios, and between which two half of them lie. */
export const ratio = (dividends: ReadonlyArray<number>, divisors: ReadonlyArray<number>): string => {
  const sorted = ratios(dividends, divisors).toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.round(share * (sorted.length - 1))] ?? NaN).toFixed(1)
  return `${median(sorted).toFixed(1)} (${at(0.25)} to ${at(0.75)})`
}

export const line = (...cells: ReadonlyArray<string>): string => `| ${cells.join(" | ")} |`

export const heading = (...cells: ReadonlyArray<string>): string =>
  [line(...cells), line(...cells.map(() => "---"))].join("\n")
