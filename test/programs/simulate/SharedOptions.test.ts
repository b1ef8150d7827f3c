import { readdirSync, readFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Shared from "../../../src/programs/dormouse/SharedOptions.ts"

describe("what --only names", () => {
  const list = ["a", "b", "c"]
  it.each([
    ["1", ["b"]],
    [" 2, 0 ", ["a", "c"]],
    ["none", []],
    ["3", "--only must be numbers from 0 to 2 with commas between them, or none, but has \"3\""],
    ["1,x", "--only must be numbers from 0 to 2 with commas between them, or none, but has \"x\""],
    ["", "--only must be numbers from 0 to 2 with commas between them, or none, but has \"\""]
  ])("%j", (text, chosen) => {
    expect(Shared.chosen(text, list)).toEqual(chosen)
  })
})

describe("an option that several commands have", () => {
  const root = path.join(import.meta.dirname, "../../..")
  const files = ["src/programs", "test"].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" }).map((file) =>
      path.join(root, folder, file)
    )
  )
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))

  it("is declared once", () => {
    // A file that has no usual name, and says so by its ending; a number alone, of a program that counts on.
    const own = ["out", "seed"]
    const declared = new Map<string, number>()
    for (const file of files) {
      for (
        const [, name = ""] of readFileSync(file, "utf8").matchAll(
          /(?:Flag\.(?:String|Int|Finite|Boolean|Literals)|\b(?:file|toggle|whole|above))\("([\w-]+)"/g
        )
      ) declared.set(name, (declared.get(name) ?? 0) + 1)
    }
    expect([...declared].filter(([, times]) => times > 1).toSorted()).toEqual([...own].map((name) => [name, 2]))
    expect(declared.size).toBeGreaterThan(30)
  })
})
