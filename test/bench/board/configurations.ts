/**
 * What each configuration costs a board, and that it recovers from the worst: `npm run measure -- configurations`.
 * `--only TEXT` measures those whose name contains the text; `--docs` keeps the figures and writes the table of
 * docs/esp32.md.
 */
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"
import * as BoardTable from "../../support/boardTable.ts"
import * as BoardTrial from "../../support/boardTrial.ts"
import { configurations } from "../../support/configurations.ts"

export interface Options {
  readonly only: string
  readonly isKept: boolean
}

/** With what is kept of those that were not measured now. */
const merged = (measured: ReadonlyArray<BoardTrial.Figures>): ReadonlyArray<BoardTrial.Figures> => {
  const known = existsSync(BoardTable.figuresFile) ? BoardTable.keptFigures() : []
  return configurations.flatMap(({ name }) => [...measured, ...known].find((each) => each.name === name) ?? [])
}

/** True when every configuration came back. */
export const run = async ({ isKept, only }: Options): Promise<boolean> => {
  const wanted = configurations.filter(({ name }) => name.includes(only))
  const figures: Array<BoardTrial.Figures> = []
  const progress = Progress.make()
  for (const configuration of wanted) {
    const found = await Progress.during(
      progress,
      () => `${figures.length} of ${wanted.length} configurations; now ${configuration.name}`,
      () => Effect.runPromise(BoardTrial.run(configuration))
    )
    figures.push(found)
    console.log(BoardTable.line(found))
    for (const fault of BoardTable.faults(found)) console.log("    " + fault)
  }
  if (isKept) {
    const all = merged(figures)
    writeFileSync(BoardTable.figuresFile, JSON.stringify(all, null, 2) + "\n")
    writeFileSync(BoardTable.docsFile, BoardTable.withTable(readFileSync(BoardTable.docsFile, "utf8"), all))
    console.log("written: " + BoardTable.figuresFile.pathname + " and " + BoardTable.docsFile.pathname)
  }
  return figures.every((found) => BoardTable.faults(found).length === 0)
}
