/** What the last pass mends that no test of another room shows. */
import { transformSync } from "@babel/core"
import { runInNewContext } from "node:vm"
import { expect, it } from "vitest"
import { repairs } from "../../../src/programs/bundle/repair.ts"

it.each([
  ["a parameter", "f = function(of) { return of + 1 }; f(1)", 2],
  ["a variable in a block", "f = function() { if (true) { let of = 3; return of } }; f()", 3],
  ["a function", "f = function() { function of(a) { return a } return of(4) }; f()", 4],
  ["a value of an object", "f = function(of) { return { of } }; f(5).of", 5]
])("gives %s a name that is no keyword on the interpreter, in place of 'of'", (_, code, value) => {
  const options = { babelrc: false, configFile: false, sourceType: "script" } as const
  const repaired = transformSync(code, { ...options, plugins: [repairs({ inside: false })] })?.code ?? ""
  expect(repaired).not.toMatch(/(?<![.\w])of\b(?!:)/)
  expect(runInNewContext(`var f; ${repaired}`)).toBe(value)
})
