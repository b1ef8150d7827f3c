/**
 * How many random programs each pass gets. `FUZZ_RUNS` sets it, and then they are others in each run, as in CI; without
 * it they are always the same.
 */
const wanted = process.env["FUZZ_RUNS"]

/** `share` of the usual number, for what takes longer. */
export const runs = (share = 1): { readonly numRuns: number; readonly seed?: number } =>
  wanted === undefined ? { numRuns: Math.ceil(100 * share), seed: 1 } : { numRuns: Math.ceil(Number(wanted) * share) }
