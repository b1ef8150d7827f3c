/** The table of features in docs/library.md: each "yes" of ours is the name of a test that is there. */
import { existsSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"

const root = new URL("../", import.meta.url)

const read = (path: string) => readFileSync(new URL(path, root), "utf8")

interface Row {
  readonly feature: string
  readonly ours: string
  readonly test: string
}

const rowsOf = (text: string): ReadonlyArray<Row> => {
  const section = text.split("## Beside other clients\n")[1]?.split("\n## ")[0] ?? ""
  const rows = [...section.matchAll(/^\|(.*)\|$/gm)].map((match) =>
    (match[1] ?? "").split("|").map((cell) => cell.trim())
  )
  return rows.slice(2).map(([feature = "", ours = "", , , , test = ""]) => ({ feature, ours, test }))
}

/** Undefined: nothing is wrong with the row. */
const fault = ({ ours, test }: Row, readTest: (file: string) => string | undefined): string | undefined => {
  if (ours === "no") return test === "" ? undefined : "a test for what is not there"
  if (ours !== "yes") return "neither yes nor no"
  const [, file = "", title = ""] = /^`([^`]+)`: (.+)$/.exec(test) ?? []
  const text = readTest(file)
  if (text === undefined) return `there is no test file ${file}`
  // In a call of `it` that is not left out.
  const literal = title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")
  return new RegExp(`\\bit(\\.each\\([^)]*\\)|\\.for\\([^)]*\\))?\\("${literal}"`).test(text) ? undefined
    : `${file} has no test "${title}"`
}

const testFile = (name: string): string | undefined => {
  const place = [`test/programs/${name}.test.ts`, `test/${name}.test.ts`].find((path) =>
    existsSync(new URL(path, root))
  )
  return place === undefined ? undefined : read(place)
}

const rows = rowsOf(read("docs/library.md"))

describe("the table of features", () => {
  it("is found", () => {
    expect(rows.length).toBeGreaterThan(20)
    expect(rows.filter(({ ours }) => ours === "yes").length).toBeGreaterThan(15)
  })

  it.each(rows)("says of \"$feature\" what a test says", (row) => {
    expect(fault(row, testFile)).toBeUndefined()
  })
})

describe("a fault in the table is found", () => {
  const text = "it(\"works\", () => {})\nit.skip(\"waits\", () => {})\nit.todo(\"sleeps\")\n"
  it.each([
    ["yes", "`a`: works", undefined],
    ["yes", "`a`: waits", "has no test"],
    ["yes", "`a`: sleeps", "has no test"],
    ["yes", "`a`: work", "has no test"],
    ["yes", "`b`: works", "no test file"],
    ["yes", "", "no test file"],
    ["no", "`a`: works", "not there"],
    ["partly", "", "neither yes nor no"]
  ])("%s with %j: %s", (ours, test, words) => {
    const found = fault({ feature: "", ours, test }, (file) => file === "a" ? text : undefined)
    if (words === undefined) expect(found).toBeUndefined()
    else expect(found).toContain(words)
  })
})
