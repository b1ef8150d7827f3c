/** A switch with its default in the middle, which Espruino cannot read, put into the order that it can. */
import { transformSync } from "@babel/core"
import * as fc from "fast-check"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { minify } from "../../../src/programs/bundle/minify.ts"
import { repair, repairs } from "../../../src/programs/bundle/repair.ts"
import { runs } from "./random/runs.ts"

const repaired = (code: string): string =>
  transformSync(code, {
    babelrc: false,
    configFile: false,
    sourceType: "script",
    plugins: [repairs({ inside: false })]
  })?.code ?? ""

const isLast = (code: string): boolean => !/default:[\s\S]*\bcase\b/.test(code)

const values = ["0", "1", "2", "3", "\"1\"", "\"x\"", "undefined"]

/** All that a function with this switch does, for each value. */
const traceOf = (code: string): unknown =>
  JSON.parse(
    String(
      runInNewContext(
        `var log = []; var say = (what) => log.push(what); ${code}; JSON.stringify([[${values.join()}].map((value) => { log.push("-"); return String(f(value)) }), log])`
      )
    )
  )

const script = (clauses: string): string =>
  `var f = (value) => { switch (value) { ${clauses} } say("behind"); return "end" }`

describe("a switch", () => {
  it.each([
    ["with an empty default that falls to the next case",
      "case 0: return 1; default: case 1: return 2; case 2: return 3"],
    ["with a case that falls to the default", "case 0: default: return 1; case 1: return 2"],
    ["with a case that does something and falls to the default", "case 0: say(0); default: return 1; case 1: return 2"],
    ["with cases before, at and behind the default",
      "case 0: case 1: default: case 2: case 3: return 1; case \"x\": return 2"],
    ["whose last case does not end", "case 0: return 1; default: say(1); break; case 1: say(2)"],
    ["whose default comes first", "default: say(1); break; case 1: say(2); break; case 2: say(3)"],
    ["with blocks", "default: { say(1); break } case 1: { say(2); break }"],
    ["that ends both ways of a choice", "default: if (value) { return 1 } else { return 2 } case 1: say(2)"],
    ["without a default", "case 0: say(0); case 1: say(1)"]
  ])("%s has its default last and does the same", (_, clauses) => {
    const after = repaired(script(clauses))
    expect(isLast(after)).toBe(true)
    expect(traceOf(after)).toEqual(traceOf(script(clauses)))
  })

  it.each([
    ["whose default does something and falls to the next case", "default: say(0); case 1: say(1); break",
      /falls through to the next case/],
    ["whose moved cases are not to be compared", "case g(): say(1); default: say(2); break; case 1: return 1",
      /put the default last/],
    ["with a case twice", "case 1: default: say(2); break; case 1: return 1", /put the default last/]
  ])("%s is refused", (_, clauses, message) => {
    expect(() => repaired(script(clauses))).toThrow(message)
  })

  const end = fc.constantFrom("break;", "return 7;", "", "{ say(8); break; }", "if (value) return 9; else return 10;")
  const body = fc.tuple(fc.constantFrom("", "say(1);", "say(2);", "say(1);"), end).map((parts) => parts.join(" "))
  const random = fc.tuple(fc.shuffledSubarray(values), fc.nat(values.length),
    fc.array(body, { minLength: values.length + 1, maxLength: values.length + 1 }))
    .map(([tests, at, bodies]) => {
      const labels = tests.map((test) => `case ${test}:`)
      labels.splice(Math.min(at, labels.length), 0, "default:")
      return script(labels.map((label, index) => label + " " + (bodies[index] ?? "")).join("\n"))
    })

  it("of any order does the same or is refused, as it is written and as terser has it", async () => {
    let done = 0
    await fc.assert(fc.asyncProperty(random, async (code) => {
      const map = JSON.stringify({ version: 3, sources: [], names: [], mappings: "" })
      const kept = code.replace("var f =", "globalThis.f =")
      const made: Array<string> = []
      try {
        made.push(repaired(code))
        const small = await minify({ code: kept, map }, { isWhole: false })
        made.push((await repair(small, { minified: true, inside: false, isWhole: false })).code)
      } catch (error) {
        if (!/default/.test(String(error))) throw error
      }
      for (const after of made) {
        expect(isLast(after), after).toBe(true)
        expect(traceOf(after), after).toEqual(traceOf(code))
        done++
      }
    }), runs(2))
    expect(done).toBeGreaterThan(runs().numRuns / 4)
  })
})
