/** The committed figures of a board: no configuration that dies, and the page that shows them. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as BoardTable from "./boardTable.ts"
import type { Figures } from "./boardTrial.ts"
import { configurations } from "./configurations.ts"

const good: Figures = {
  name: "n",
  bytes: 1,
  first: 1,
  second: 1,
  stack: 1,
  update: 1,
  inVain: 1,
  full: 1,
  delivering: 1,
  kept: 2,
  delivered: 2,
  largeTaken: 1,
  deaths: []
}

describe("the figures of a board's configurations", () => {
  it("are of configurations that there are, each once, and none has died or has no room left", () => {
    const figures = BoardTable.keptFigures()
    const names = figures.map(({ name }) => name)
    expect(names).toEqual(configurations.map(({ name }) => name).filter((name) => names.includes(name)))
    expect(figures.length).toBeGreaterThanOrEqual(6)
    expect(figures.flatMap((found) => BoardTable.faults(found).map((fault) => found.name + ": " + fault))).toEqual([])
  })

  it("stand in docs/esp32.md as they were measured", () => {
    const page = readFileSync(BoardTable.docsFile, "utf8")
    expect(BoardTable.withTable(page, BoardTable.keptFigures())).toBe(page)
  })

  it.each([
    [{ deaths: ["OUT OF MEMORY"] }, "died: OUT OF MEMORY"],
    [{ full: 4_000 }, "full: 4000 variables, more than 3995"],
    [{ update: NaN }, "update: NaN variables, more than 3995"],
    [{ stack: 14_701 }, "14701 bytes of stack, more than 14700"],
    [{ delivered: 1 }, "2 messages were kept and 1 delivered"],
    [{ kept: 0, delivered: 0 }, "0 messages were kept and 0 delivered"]
  ])("are no good with %j", (change, fault) => {
    expect(BoardTable.faults(good)).toEqual([])
    expect(BoardTable.faults({ ...good, ...change })).toEqual([fault])
  })
})
