/** What the compiler for boards does to second names and to functions that make an effect which is run at once. */
import { type PluginItem, transformSync } from "@babel/core"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { aliases } from "../../../src/programs/bundle/compile/aliases.ts"
import { uncurry } from "../../../src/programs/bundle/compile/uncurry.ts"

const both = (code: string, pass: PluginItem) => {
  const after =
    transformSync(code, { babelrc: false, configFile: false, sourceType: "script", plugins: [pass] })?.code ??
      ""
  return { after, isSame: runInNewContext(after) === runInNewContext(code) }
}

/** A function that makes an effect, and what a script makes of it. */
const curried = (made: string, use: string): string => `
var log = [];
var say = (x) => { log.push(x); return x };
var make = ${made};
var result = (() => { ${use} })();
JSON.stringify([result, log])`

const makesEffects = (code: string): boolean => /=> \(\) =>|return \(\) =>/.test(code)

describe("a function that makes an effect", () => {
  it.each([
    ["(a, b) => () => say(a + b)", "return make(say(1), 2)()"],
    ["(a) => () => { var c = say(a); return c + 1 }", "return make(1)() + make(2)()"],
    ["(a) => { return () => { if (a > 0) return make(a - 1)(); return say(a) } }", "return make(3)()"],
    ["(a, b) => () => [a, b]", "return make(1)()"]
  ])("does it at once if all run it: %s", (made, use) => {
    const { after, isSame } = both(curried(made, use), uncurry())
    expect(isSame).toBe(true)
    expect(makesEffects(after)).toBe(false)
  })

  it("does it at once if a function that nobody calls hands it on", () => {
    const made = "(a) => () => say(a); var unused = (a) => make(a)"
    const { after, isSame } = both(curried(made, "return make(1)()"), uncurry())
    expect(isSame).toBe(true)
    expect(makesEffects(after)).toBe(false)
  })

  it.each([
    ["that is not run everywhere", "(a) => () => say(a)", "var later = make(1); return make(2)() + later()"],
    ["that is run with something", "(a) => () => say(a)", "return make(1)(2)"],
    ["that does something before", "(a) => { say(0); return () => say(a) }", "return make(1)()"],
    ["whose variable hides a parameter", "(a) => () => { var a; return a === undefined }", "return make(1)()"],
    ["that is handed on", "(a) => () => say(a)", "return [1, 2].map(make).length + make(1)()"],
    ["of a pattern", "({ a }) => () => say(a)", "return make({ a: 1 })()"]
  ])("stays: one %s", (_, made, use) => {
    const { after, isSame } = both(curried(made, use), uncurry())
    expect(isSame).toBe(true)
    expect(makesEffects(after)).toBe(true)
  })
})

describe("a second name", () => {
  it("becomes the first", () => {
    const code =
      "var read = (x) => x + 1; var next = read; var last = next; JSON.stringify([last(1), { next }.next(2)])"
    const { after, isSame } = both(code, aliases())
    expect(isSame).toBe(true)
    expect(after).not.toMatch(/last|var next/)
  })

  it.each([
    ["of what changes", "var a = 1; var b = a; a = 2; JSON.stringify([a, b])"],
    ["that changes", "var a = 1; var b = a; b = 2; JSON.stringify([a, b])"],
    ["that is not always given", "var a = 1; if (a > 1) var b = a; JSON.stringify([a, b])"],
    ["of what comes later", "var b = a; var a = 1; JSON.stringify([a, b])"],
    ["where the first is hidden", "var a = 1; var b = a; JSON.stringify([((a) => a + b)(5)])"]
  ])("stays: one %s", (_, code) => {
    const { after, isSame } = both(code, aliases())
    expect(isSame).toBe(true)
    expect(after).toMatch(/\bb\b/)
  })
})
