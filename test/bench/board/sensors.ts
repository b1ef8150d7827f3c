/**
 * What each driver costs a board, alone and beside a second sensor, and what it measures: `npm run measure -- sensors`.
 * `--only TEXT` measures those whose name contains the text; `--docs` keeps the figures and writes the table of
 * docs/sensors.md.
 */
import * as Effect from "effect/Effect"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"
import * as PlayedBuses from "../../support/playedBuses.ts"
import * as SensorFigureTable from "../../support/sensorFigureTable.ts"
import * as SensorTrial from "../../support/sensorTrial.ts"
import type { Options } from "./configurations.ts"

/** With what is kept of those that were not measured now. */
const merged = (measured: ReadonlyArray<SensorTrial.Figures>): ReadonlyArray<SensorTrial.Figures> => {
  const known = existsSync(SensorFigureTable.figuresFile) ? SensorFigureTable.keptFigures() : []
  return SensorTrial.names.flatMap((name) => [...measured, ...known].find((each) => each.name === name) ?? [])
}

/** After each driver, so that a run that was stopped has not been in vain. */
const keep = (measured: ReadonlyArray<SensorTrial.Figures>): void => {
  const all = merged(measured)
  writeFileSync(SensorFigureTable.figuresFile, JSON.stringify(all, null, 2) + "\n")
  const page = readFileSync(SensorFigureTable.docsFile, "utf8")
  writeFileSync(SensorFigureTable.docsFile, SensorFigureTable.withTable(page, all))
}

/** True when every driver measured what its data sheet says, within a board. */
export const run = async ({ isKept, only }: Options): Promise<boolean> => {
  const wanted = SensorTrial.names.filter((name) => name.includes(only))
  const lacks = wanted.flatMap((name) => PlayedBuses.lackOf(name) ?? [])
  if (lacks.length > 0) {
    console.error(lacks.join("\n"))
    return false
  }
  const figures: Array<SensorTrial.Figures> = []
  const progress = Progress.make()
  for (const name of wanted) {
    const found = await Progress.during(
      progress,
      () => `${figures.length} of ${wanted.length} drivers; now ${name}`,
      () => Effect.runPromise(SensorTrial.run(name))
    )
    figures.push(found)
    console.log(SensorFigureTable.line(found))
    for (const fault of SensorFigureTable.faults(found)) console.log("    " + fault)
    if (isKept) keep(figures)
  }
  if (isKept) {
    console.log("written: " + SensorFigureTable.figuresFile.pathname + " and " + SensorFigureTable.docsFile.pathname)
  }
  return figures.every((found) => SensorFigureTable.faults(found).length === 0)
}
