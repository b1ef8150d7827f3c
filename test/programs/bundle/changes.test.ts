/** What the compiler for boards does to calls that cost a board much. */
import { transformSync } from "@babel/core"
import { runInNewContext } from "node:vm"
import { describe, expect, it } from "vitest"
import { changes } from "../../../src/programs/bundle/compile/changes.ts"
import { platform } from "../../../src/programs/bundle/compile/platform.ts"

const compiled = (code: string): string =>
  transformSync(code, { babelrc: false, configFile: false, sourceType: "script", plugins: [changes(), platform()] })
    ?.code ?? ""

const script = (use: string): string => `
var assign = Object.assign;
var memory = { state: { a: 1, b: { c: 2 } } };
var first = memory.state;
var replace = () => { memory.state = { a: 9 }; return 5 };
var outcome = ((memory) => { ${use} })(memory);
JSON.stringify([outcome, memory, first, first === memory.state])`

const both = (use: string) => {
  const after = compiled(script(use))
  return { isChanged: !/[^.]assign\(/.test(after), isSame: runInNewContext(after) === runInNewContext(script(use)) }
}

describe("Object.assign to a value", () => {
  it.each([
    "memory.state = assign(memory.state, { a: 2 })",
    "memory.state = Object.assign(memory.state, { a: memory.state.a + 1, b: 7 })",
    "return memory.state = assign(memory.state, { a: 2 })",
    "return assign(memory.state, { a: 2, d: [1, 2] })",
    "var state = memory.state; state = assign(state, { b: undefined }); return state.b",
    "memory.state = assign(memory.state, { a: 2 }); return first === memory.state"
  ])("becomes assignments: %s", (use) => {
    expect(both(use)).toEqual({ isChanged: true, isSame: true })
  })

  it.each([
    ["whose second value looks at it", "memory.state = assign(memory.state, { a: 4, b: memory.state.a })"],
    ["with a value that may replace it", "memory.state = assign(memory.state, { a: replace() })"],
    ["with a value that assigns", "var n = 1; memory.state = assign(memory.state, { a: n = 3, b: n })"],
    ["that is made here", "return assign({}, { a: 2 })"],
    ["of more than one", "return assign(memory.state, { a: 2 }, { b: 3 })"],
    ["of what is spread", "return assign(memory.state, { a: 2, ...{ b: 3 } })"],
    ["of nothing", "return assign(memory.state, {})"]
  ])("stays: %s", (_, use) => {
    expect(both(use)).toEqual({ isChanged: false, isSame: true })
  })

  it("stays where it is somebody else's", () => {
    const own = "var assign = (a, b) => [a, b]; var x = { n: 1 }; JSON.stringify(assign(x, { n: 2 }))"
    expect(runInNewContext(compiled(own))).toBe(runInNewContext(own))
  })
})

describe("what the platform has", () => {
  const header = "var platform = globalThis;"

  it("is called, and looked into, by its name", () => {
    expect(compiled(header + "platform.require('Storage').read('a'); platform.E.reboot()")).not.toContain("platform.")
  })

  it.each([
    ["is asked for as a field where it may not be there", "typeof platform.Terminal"],
    ["keeps its way where a name of the script is the same", "((E) => platform.E.CRC32(E))(1)"]
  ])("%s", (_, use) => {
    expect(compiled(header + use)).toContain("platform.")
  })

  it("is the object's if it is eval, which would see the names around it", () => {
    const code = "JSON.stringify((() => { var hidden = 1; return platform.eval('typeof hidden') })())"
    const after = compiled(header + code)
    expect(after).toContain("globalThis.eval")
    expect(after).not.toContain("platform")
    expect(runInNewContext(after)).toBe("\"undefined\"")
  })

  it("is another object's own business", () => {
    expect(compiled("var platform = { E: 1 }; platform.E.x")).toContain("platform.E")
  })
})
