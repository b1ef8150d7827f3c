/** What `npm run check` finds, as tests: so it runs beside the others, and not before them. */
import { describe, expect, it } from "vitest"
import { checks, withoutSuggestions } from "./support/checks.ts"

describe("the files have nothing wrong in their", () => {
  it.concurrent.each(checks)("$name", async ({ run }) => {
    expect(await run()).toBe("")
  })
})

it("a suggestion is no fault, and what stands between two is", () => {
  const taste = "a.ts(1,2): suggestion TS377016: This is longer than it need be.\n  As here.\n"
  const fault = "b.ts(1,14): error TS2322: Type 'string' is not assignable to type 'number'.\n  Not at all.\n"
  expect(withoutSuggestions(taste + fault + taste)).toBe(fault)
  expect(withoutSuggestions("c.ts(3,4): warning TS377001: This Effect value is not used.\n" + taste)).toMatch(
    /^c\.ts.*\n$/
  )
})
