/** The committed figures of each driver: all within a board, and the page that shows them. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as SensorFigureTable from "./sensorFigureTable.ts"
import * as SensorTrial from "./sensorTrial.ts"

const cost: SensorTrial.Cost = { bytes: 1, peak: 1, stack: 1, faults: [] }

const good: SensorTrial.Figures = {
  name: "n",
  alone: cost,
  partner: "dht22",
  pair: cost,
  values: [{ key: "temperature", measured: 21.4, expected: 21.375, tolerance: 0.05 }]
}

describe("the figures of the drivers", () => {
  it("are of every driver, alone and beside another, within a board, with the values of the data sheets", () => {
    const figures = SensorFigureTable.keptFigures()
    expect(figures.map(({ name }) => name)).toEqual(SensorTrial.names)
    expect(
      figures.flatMap((found) => SensorFigureTable.faults(found).map((fault) => found.name + ": " + fault))
    ).toEqual([])
  })

  it("stand in docs/sensors.md as they were measured", () => {
    const page = readFileSync(SensorFigureTable.docsFile, "utf8")
    expect(SensorFigureTable.withTable(page, SensorFigureTable.keptFigures())).toBe(page)
  })

  it.each([
    [{ alone: { ...cost, faults: ["OUT OF MEMORY"] } }, "alone: OUT OF MEMORY"],
    [{ alone: { ...cost, peak: 3_996 } }, "alone: 3996 variables, more than 3995"],
    [{ pair: { ...cost, stack: 14_701 } }, "with a dht22: 14701 bytes of stack, more than 14700"],
    [{ pair: { ...cost, peak: NaN } }, "with a dht22: NaN variables, more than 3995"],
    [{ alone: { ...cost, bytes: 0 } }, "alone: no program"],
    [{ values: [] }, "nothing was measured"],
    [{ values: [{ key: "temperature", measured: 21.5, expected: 21.375, tolerance: 0.05 }] },
      "temperature is 21.5, and 21.375 by the data sheet"],
    [{ values: [{ key: "temperature", measured: NaN, expected: 21.375, tolerance: 0.05 }] },
      "temperature is NaN, and 21.375 by the data sheet"]
  ])("are no good with %j", (change, fault) => {
    expect(SensorFigureTable.faults(good)).toEqual([])
    expect(SensorFigureTable.faults({ ...good, ...change })).toEqual([fault])
  })
})
