import { describe, expect, it } from "vitest"
import * as Report from "../../../src/programs/collect/Report.ts"

const minute = 60_000

describe("the user is told", () => {
  it("nothing while all is well", () => {
    const report = Report.make()
    Report.connected(report, 0)
    Report.working(report)
    expect(Report.due(report, 0)).toBeUndefined()
  })

  it("of the first rejected message at once, and of others in one line a minute later", () => {
    const report = Report.make()
    Report.rejected(report, "\"a\" is not JSON")
    expect(Report.due(report, 0)).toBe("1 message rejected: \"a\" is not JSON")
    expect(Report.due(report, 1)).toBeUndefined()
    for (const name of ["b", "c"]) Report.rejected(report, JSON.stringify(name) + " has no uptime")
    expect(Report.due(report, 1_000)).toBe(minute - 1_000)
    expect(Report.due(report, minute)).toBe("2 messages rejected, the first: \"b\" has no uptime")
    expect(report.sums.rejected).toBe(3)
  })

  it("of a lost connection, once a minute for as long as it lasts, and that it is back", () => {
    const report = Report.make()
    Report.disconnected(report, "nobody listens", 0)
    expect(Report.due(report, 100)).toBe("no connection: nobody listens")
    Report.disconnected(report, "no route", 30_000)
    expect(Report.due(report, minute + 100)).toBe("for 1 min no connection: no route")
    Report.connected(report, 2 * minute)
    expect(Report.due(report, 3 * minute)).toBe("connected again after 2 min")
    expect(Report.due(report, 4 * minute)).toBeUndefined()
  })

  it("nothing of an absence that was over before it was told of", () => {
    const report = Report.make()
    Report.rejected(report, "x")
    Report.due(report, 0)
    Report.disconnected(report, "nobody listens", 1_000)
    Report.connected(report, 2_000)
    expect(Report.due(report, 2 * minute)).toBeUndefined()
  })

  it("that nothing can be stored, and that it can again", () => {
    const report = Report.make()
    Report.failing(report, "the disk is full")
    expect(Report.due(report, 0)).toBe(
      "the disk is full; trying again; nothing is acknowledged meanwhile, so nothing is lost"
    )
    Report.working(report)
    expect(Report.due(report, minute)).toBe("rows are stored again")
    expect(Report.due(report, 3 * minute)).toBeUndefined()
  })

  it("the sum at the end", () => {
    const report = Report.make()
    report.sums.stored = 1
    expect(Report.sum(report)).toBe("1 reading stored")
    report.sums.stored = 1_234
    report.sums.repeated = 5
    report.sums.rejected = 2
    expect(Report.sum(report)).toBe("1,234 readings stored; 5 came again and are stored once; 2 messages rejected")
  })
})
