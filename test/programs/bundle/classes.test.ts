/** Errors and their words, as a board has them; what only looks like one stays what it is. */
import { describe, expect, it } from "vitest"
import { compile, errorsIn } from "../../../src/programs/bundle/compile/compile.ts"

const header =
  `import * as Data from "effect/Data"\nimport { MalformedPacket } from "./packet/PacketError.ts"\nimport { Bad, Box } from "./Bad.ts"\n`

const compiled = (code: string): string =>
  compile(header + code, "module.ts", {
    errorsOf: (source) =>
      source === "./Bad.ts" ? new Set(["Bad"])
        : source === "./packet/PacketError.ts" ? new Set(["MalformedPacket"]) : new Set(),
    isTerse: true
  }).split("//# source")[0]?.replace(/\s+/g, " ") ?? ""

describe("new", () => {
  it.each([
    ["an error of the module",
      "class Own extends Data.TaggedError(\"Own\")<{ readonly n: number }> {}\nexport const made = new Own({ n: 1 })",
      "made = Own({ n: 1 })"],
    ["an error of another module", "export const made = new Bad({ n: 1 })", "made = Bad({ n: 1 })"]
  ])("is a call for %s", (_, code, expected) => {
    expect(compiled(code)).toContain(expected)
  })

  it.each([
    ["a class of the module", "class Own { constructor(readonly n: object) {} }\nexport const made = new Own({ n: 1 })",
      "new Own({ n: 1 })"],
    ["a class of another module", "export const made = new Box({ n: 1 })", "new Box({ n: 1 })"],
    ["a class of the platform", "export const made = new Error(\"text\")", "new Error(\"text\")"],
    ["a parameter with an error's name", "export const f = (Bad: new (n: object) => object) => new Bad({ n: 1 })",
      "new Bad({ n: 1 })"]
  ])("stays for %s", (_, code, expected) => {
    expect(compiled(code)).toContain(expected)
  })

  it("knows a module's errors by what they extend", () => {
    const code =
      "class A extends Data.TaggedError(\"A\")<{}> {}\nexport class B extends Data.TaggedError(\"B\")<{}> {}\nclass C extends Object {}\nclass D {}"
    expect([...errorsIn(code, "module.ts")]).toEqual(["A", "B"])
  })
})

describe("the words of an error", () => {
  const fields = "{ packet, clause: \"1\", message: \"a sentence\" }"

  it("are left out where the codec makes one", () => {
    expect(compiled(`export const f = (packet: string) => new MalformedPacket(${fields})`)).not.toContain("a sentence")
  })

  it("stay where its name means something else", () => {
    expect(
      compiled(
        `export const f = (packet: string, MalformedPacket: new (n: object) => object) => new MalformedPacket(${fields})`
      )
    ).toContain("a sentence")
  })
})
