/**
 * How many random programs each pass gets. `FUZZ_RUNS` sets it, and then they are others with each `CHAOS_SEED`, as in CI, where
 * that is the commit; without it they are always the same.
 */
import { crc32 } from "node:zlib"
import * as Runs from "../../../support/runs.ts"

const wanted = process.env["FUZZ_RUNS"]

const seed = crc32(process.env["CHAOS_SEED"] ?? "") | 0

/** `share` of the usual number, for what takes longer. */
export const runs = (share = 1): { readonly numRuns: number; readonly seed: number } =>
  wanted === undefined
    ? { numRuns: Math.ceil(Runs.runs(15, 100) * share), seed: 1 }
    : { numRuns: Math.ceil(Number(wanted) * share), seed }
