/** The figures of a board's configurations as the table of docs/esp32.md, and what of them would be no good. */
import { readFileSync } from "node:fs"
import type { Figures } from "./boardTrial.ts"

export const figuresFile = new URL("./boardFigures.json", import.meta.url)
export const docsFile = new URL("../../docs/esp32.md", import.meta.url)

export const keptFigures = (): ReadonlyArray<Figures> =>
  JSON.parse(readFileSync(figuresFile, "utf8")) as ReadonlyArray<Figures>

/** A C3's, and what of them must be left: what a moment is short of depends on what came in when. */
const variables = 4_095
const spareVariables = 100
/** Of 15,000 bytes, of which the interpreter refuses the last 512 to a call; what it calls itself may go further. */
export const maxStack = 14_700

/** What a program may take. */
export const maxVariables = variables - spareVariables

/** What a configuration did not live through. */
export const faults = (
  { deaths, delivered, delivering, full, inVain, kept, first, second, stack, update }: Figures
): ReadonlyArray<string> => {
  // A board that has no memory for an update refuses it.
  const peaks = { first, second, inVain, full, delivering, ...(update === undefined ? {} : { update }) }
  return [
    ...deaths.map((line) => "died: " + line),
    ...Object.entries(peaks).flatMap(([name, peak]) =>
      peak <= maxVariables ? [] : [`${name}: ${peak} variables, more than ${maxVariables}`]
    ),
    ...(stack <= maxStack ? [] : [`${stack} bytes of stack, more than ${maxStack}`]),
    // With the reading of the wake that delivers.
    ...(delivered >= kept && kept > 0 ? [] : [`${kept} messages were kept and ${delivered} delivered`])
  ]
}

const columns: ReadonlyArray<readonly [head: string, of: (figures: Figures) => string | number]> = [
  ["configuration", ({ name }) => name],
  ["program, bytes", ({ bytes }) => bytes],
  ["first / second wake", ({ first, second }) => `${first} / ${second}`],
  ["an update taken", ({ update }) => update ?? "refused, by number"],
  ["tries in vain", ({ inVain }) => inVain],
  ["Outbox full", ({ full, kept }) => `${full} (${kept} kept)`],
  ["all delivered", ({ delivering }) => delivering],
  ["C stack", ({ stack }) => stack]
]

const row = (cells: ReadonlyArray<string | number>): string =>
  "| " + cells.map((cell) => typeof cell === "number" ? cell.toLocaleString("en") : cell).join(" | ") + " |"

export const line = (figures: Figures): string => row(columns.map(([, of]) => of(figures)))

export const table = (figures: ReadonlyArray<Figures>): string =>
  [row(columns.map(([head]) => head)), row(columns.map(() => "---")), ...figures.map(line)].join("\n")

const [begins, ends] = ["<!-- made by npm run measure -- configurations --docs -->\n", "\n<!-- its end -->"]

/** The page with the table in its place. */
export const withTable = (page: string, figures: ReadonlyArray<Figures>): string => {
  const [from, to] = [page.indexOf(begins), page.indexOf(ends)]
  if (from < 0 || to < from) throw new Error("docs/esp32.md has no place for the table: " + begins.trim() + ends)
  return page.slice(0, from + begins.length) + table(figures) + page.slice(to)
}
