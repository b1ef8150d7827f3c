/** What `npm run fuzz` says: how far it is, and what came of it. */
import type { Progress } from "../../src/programs/dormouse/terminal/Progress.ts"
import type { At, Broken, Done, Lost } from "./watch.ts"

interface Options {
  readonly seed: string
  readonly from: number
  readonly inputs: number
  readonly progress: Progress
}

const count = (value: number): string => Math.round(value).toLocaleString("en-US")
const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(0)} MB`

const replay = (options: Options, number: number, end: number): string =>
  `npm run fuzz -- --seed ${options.seed} --from ${number} --inputs ${end - number}`

const brokenLines = (options: Options, found: Broken): ReadonlyArray<string> => [
  `input ${found.number} of seed ${options.seed}: ${found.fault}`,
  `shrunk: ${found.stream.length / 2} bytes, ${found.stream}, in chunks of ${found.sizes.join(", ")}`,
  `replay: npm run fuzz -- --replay ${found.stream} --chunks ${found.sizes.join(",")} --maximum ${found.maximum}`,
  `the whole input: ${replay(options, found.number, found.number + 1)}`
]

const lostLines = (options: Options, found: Lost): ReadonlyArray<string> => [
  found.end - found.number === 1
    ? `input ${found.number} of seed ${options.seed}: ${found.how}`
    : `inputs ${found.number} to ${found.end - 1} of seed ${options.seed}: ${found.how}, and not when they run alone`,
  `replay: ${replay(options, found.number, found.end)}`
]

export const make = (options: Options) => {
  const { progress } = options
  let first: At | undefined
  let last: At | undefined
  let maxBytes = 0
  const rate = () => {
    if (first === undefined || last === undefined) return "0"
    return count((last.number - first.number) / Math.max(0.001, progress.elapsed() / 1000))
  }
  const at = (each: At): void => {
    first ??= each
    last = each
    maxBytes = Math.max(maxBytes, each.bytes)
    progress.say(() =>
      `${count(each.number - options.from)} of ${count(options.inputs)} inputs, ${rate()} a second, ${
        megabytes(each.bytes)
      }`
    )
  }
  const doneLines = (found: Done): ReadonlyArray<string> => {
    const kinds = Object.entries(found.verdicts)
    const refused = kinds.reduce((sum, [verdict, times]) => verdict === "" ? sum : sum + times, 0)
    return [
      `${count(options.inputs)} inputs of seed ${options.seed}, ${rate()} a second: all hold`,
      `${count(last?.packets ?? 0)} packets read; ${count(refused)} inputs refused, for ${
        kinds.filter(([verdict]) => verdict !== "").length
      } reasons`,
      `memory of the process: ${megabytes(first?.bytes ?? 0)} at the start, ${megabytes(maxBytes)} at most`
    ]
  }
  const end = (found: Broken | Done | Lost): { readonly isGood: boolean; readonly lines: ReadonlyArray<string> } => {
    progress.clear()
    switch (found._tag) {
      case "Done":
        return { isGood: true, lines: doneLines(found) }
      case "Broken":
        return { isGood: false, lines: brokenLines(options, found) }
      case "Lost":
        return { isGood: false, lines: lostLines(options, found) }
    }
  }
  return { at, end }
}
