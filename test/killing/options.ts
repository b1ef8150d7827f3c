/** The options of a command that kills programs: numbers, and words of which one may be chosen. */
import { parseArgs } from "node:util"
import * as Chance from "../fuzz/Chance.ts"

/** Says what is wrong, and ends the program. */
export const refuse = (message: string): never => {
  console.error(message)
  return process.exit(1)
}

/**
 * Whole numbers of at least 1, but for `seed`, which may be any. `words`: the values that each other option may have, the
 * first of them the default.
 */
export const read = <N extends string, W extends string>(
  numbers: Readonly<Record<N, number>>,
  words: Readonly<Record<W, ReadonlyArray<string>>>
): Readonly<Record<N, number>> & Readonly<Record<W, string>> => {
  const names = Object.keys(numbers).map((name) => `--${name} N`)
  const chosen = Object.entries<ReadonlyArray<string>>(words).map(([name, values]) => `--${name} ${values.join("|")}`)
  const usage = "give " + names.concat(chosen).join(", ")
  const defaults = [
    ...Object.entries<number>(numbers),
    ...Object.entries<ReadonlyArray<string>>(words).map(([name, [value = ""]]) => [name, value] as const)
  ]
  const options = Object.fromEntries(
    defaults.map(([name, value]) => [name, { type: "string" as const, default: String(value) }] as const)
  )
  const parsed = (() => {
    try {
      return parseArgs({ options }).values as Readonly<Record<string, string>>
    } catch (fault) {
      return refuse((fault as Error).message + "; " + usage)
    }
  })()
  const read: Record<string, number | string> = { ...parsed }
  for (const name of Object.keys(numbers)) {
    const value = Number(parsed[name])
    if (!Number.isInteger(value) || (name !== "seed" && value < 1)) refuse(usage)
    read[name] = value
  }
  for (const [name, values] of Object.entries<ReadonlyArray<string>>(words)) {
    if (!values.includes(parsed[name] ?? "")) refuse(usage)
  }
  return read as Readonly<Record<N, number>> & Readonly<Record<W, string>>
}

/** Shares from 0 to 1 out of a seed. */
export const randomOf = (seed: number): () => number => {
  const chance = Chance.make(seed, 0)
  return () => chance.below(1_000_000) / 1_000_000
}
