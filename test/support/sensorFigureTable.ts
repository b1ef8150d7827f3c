/** The figures of each driver as the table of docs/sensors.md, and what of them would be no good. */
import { readFileSync } from "node:fs"
import { maxStack, maxVariables } from "./boardTable.ts"
import type { Cost, Figures } from "./sensorTrial.ts"

export const figuresFile = new URL("./sensorFigures.json", import.meta.url)
export const docsFile = new URL("../../docs/sensors.md", import.meta.url)

export const keptFigures = (): ReadonlyArray<Figures> =>
  JSON.parse(readFileSync(figuresFile, "utf8")) as ReadonlyArray<Figures>

const faultsOf = (what: string, { bytes, faults, peak, stack }: Cost): ReadonlyArray<string> => [
  ...faults.map((fault) => what + ": " + fault),
  ...(bytes > 0 ? [] : [what + ": no program"]),
  ...(peak <= maxVariables ? [] : [`${what}: ${peak} variables, more than ${maxVariables}`]),
  ...(stack <= maxStack ? [] : [`${what}: ${stack} bytes of stack, more than ${maxStack}`])
]

export const faults = ({ alone, pair, partner, values }: Figures): ReadonlyArray<string> => [
  ...faultsOf("alone", alone),
  ...faultsOf("with a " + partner, pair),
  ...(values.length > 0 ? [] : ["nothing was measured"]),
  ...values.flatMap(({ expected, key, measured, tolerance }) =>
    Math.abs(measured - expected) <= tolerance ? [] : [`${key} is ${measured}, and ${expected} by the data sheet`]
  )
]

const number = (value: number): string => value.toLocaleString("en", { maximumFractionDigits: 4 })

const costOf = ({ bytes, peak, stack }: Cost): ReadonlyArray<string> => [bytes, peak, stack].map(number)

const columns = ["driver", "bytes", "variables", "C stack", "beside", "bytes", "variables", "C stack",
  "measured (by the data sheet)"]

const row = (cells: ReadonlyArray<string>): string => "| " + cells.join(" | ") + " |"

export const line = ({ alone, name, pair, partner, values }: Figures): string =>
  row(["`" + name + "`", ...costOf(alone), "`" + partner + "`", ...costOf(pair),
    values.map(({ expected, key, measured }) => `${key} ${number(measured)} (${number(expected)})`).join(", ")])

export const table = (figures: ReadonlyArray<Figures>): string =>
  [row(columns), row(columns.map(() => "---")), ...figures.map(line)].join("\n")

const [begins, ends] = ["<!-- made by npm run measure -- sensors --docs -->\n", "\n<!-- its end -->"]

/** The page with the table in its place. */
export const withTable = (page: string, figures: ReadonlyArray<Figures>): string => {
  const [from, to] = [page.indexOf(begins), page.indexOf(ends)]
  if (from < 0 || to < from) throw new Error("docs/sensors.md has no place for the table: " + begins.trim() + ends)
  return page.slice(0, from + begins.length) + table(figures) + page.slice(to)
}
