/** What a run has found, for people. */
import { line, median } from "../bench/client/table.ts"
import type { Found } from "./run.ts"

const few = 3

/** How many, and the first of them. */
const list = (items: ReadonlyArray<string>): string =>
  items.length + (items.length === 0 ? "" : ` (${items.slice(0, few).join(", ")})`)

const count = (number: number): string => number.toLocaleString("en")

/** The median and the longest of those that were lost, in seconds, and how many were. */
const times = (millis: ReadonlyArray<number | undefined>): string => {
  const known = millis.filter((one) => one !== undefined)
  if (known.length === 0) return "never lost"
  const [middle, longest] = [median(known), Math.max(...known)].map((one) => (one / 1_000).toFixed(1))
  return `${middle} s (${longest} s at most, ${known.length} times)`
}

export const report = (words: string, found: Found): string => {
  const {
    acknowledged,
    anew,
    cautious,
    doubled,
    duplicates,
    explained,
    failed,
    invented,
    kills,
    lost,
    repeated,
    seconds
  } = found
  return [
    `${count(acknowledged)} messages acknowledged in ${seconds.toFixed(0)} s, with ${kills.length} kills`,
    `acknowledged and lost: ${list(lost)}; never published: ${list(invented)}; publish failed: ${
      list(failed)
    }; came to the client and not to its handler: ${
      list(found.unhandled)
    }; delivered only at another connection: ${found.waited}`,
    `sent again: ${repeated} with DUP, ${anew} as new after a lost Session, ${
      list(found.wrongDup)
    } with the wrong DUP; ${cautious} with DUP at first`,
    `delivered again: ${duplicates} with DUP, ${explained} that were sent again, ${
      list(doubled)
    } that the Servers doubled`,
    "",
    line(words, count(acknowledged), String(kills.length), String(lost.length), `${repeated} and ${anew}`,
      `${duplicates}, ${explained} and ${doubled.length}`, times(kills.map(({ publisherMillis }) => publisherMillis)),
      times(kills.map(({ collectorMillis }) => collectorMillis)))
  ].join("\n")
}
