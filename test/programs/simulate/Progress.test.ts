import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"

const shown = (isTerminal: boolean) => {
  const written: Array<string> = []
  let time = 0
  const progress = Progress.make({ now: () => time, isTerminal, write: (text) => void written.push(text) })
  const sayAt = (millis: number, text: string) => {
    time = millis
    progress.say(() => text)
  }
  return { written, progress, sayAt }
}

describe("the progress of a long command", () => {
  it("is nothing on a terminal at first, and then one line that changes five times a second", () => {
    const { sayAt, written } = shown(true)
    for (const [millis, text] of [[0, "a"], [999, "b"], [1_000, "c"], [1_199, "d"], [1_200, "e"]] as const) {
      sayAt(millis, text)
    }
    expect(written).toEqual(["\r\u001b[2Kc", "\r\u001b[2Ke"])
  })

  it("is a line every 15 seconds in a log", () => {
    const { progress, sayAt, written } = shown(false)
    for (const millis of [1_000, 14_999, 15_000, 29_999, 30_000]) sayAt(millis, String(millis))
    progress.clear()
    expect(written).toEqual(["15000\n", "30000\n"])
  })

  it("leaves the line to others, and comes back", () => {
    const { progress, sayAt, written } = shown(true)
    sayAt(1_000, "a")
    progress.clear()
    progress.clear()
    sayAt(1_001, "b")
    expect(written).toEqual(["\r\u001b[2Ka", "\r\u001b[2K", "\r\u001b[2Kb"])
  })

  it("begins again after a line that stays", () => {
    const { progress, sayAt, written } = shown(true)
    sayAt(1_500, "a")
    progress.end("done")
    expect(progress.elapsed()).toBe(0)
    sayAt(2_000, "b")
    sayAt(2_500, "c")
    expect(written).toEqual(["\r\u001b[2Ka", "\r\u001b[2Kdone\n", "\r\u001b[2Kc"])
  })

  it("does not make what it does not show", () => {
    const { progress } = shown(false)
    expect(() =>
      progress.say(() => {
        throw new Error("made")
      })
    ).not.toThrow()
  })

  it("is written in one place", () => {
    const root = path.join(import.meta.dirname, "../../..")
    const files = ["src", "test"].flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) => path.join(folder, file))
    )
    const writing = files.filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
      .filter((file) => /\\r\\u001b\[2?K/.test(readFileSync(path.join(root, file), "utf8")))
    expect(writing).toEqual([path.join("src", "programs", "dormouse", "terminal", "Progress.ts")])
  })
})
