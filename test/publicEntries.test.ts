/** What programs of others build on is described where it is exported. */
import { expect, it } from "vitest"
import { publicEntries, undescribed } from "./support/publicEntries.ts"

it("every export of the Client, the codec and the ports is described", () => {
  expect(publicEntries).toEqual(expect.arrayContaining([
    "src/programs/client/Client.ts",
    "src/programs/library/library.ts",
    "src/domain/packet/Connect.ts",
    "src/ports/Socket.ts"
  ]))
  expect(undescribed(publicEntries)).toEqual([])
})

const described: ReadonlyArray<readonly [source: string, missing: ReadonlyArray<string>]> = [
  ["/** A file. */\n/** One. */\nexport const a = 1\n", []],
  ["/** A file. */\nexport const a = 1\n", ["src/A.ts: a"]],
  ["import \"x\"\n/** One. */\nexport const a = 1\nexport const b = 2\n", ["src/A.ts: b"]],
  ["import \"x\"\n// One.\nexport const a = 1\n", ["src/A.ts: a"]],
  ["import \"x\"\n/* One. */\nexport const a = 1\n", ["src/A.ts: a"]],
  ["import \"x\"\n/** */\nexport const a = 1\n", ["src/A.ts: a"]],
  ["import \"x\"\n/** One. */\n// eslint\nexport const a = 1\n", ["src/A.ts: a"]],
  ["import \"x\"\nexport interface A {}\nexport type B = A\nexport class C {}\nexport function d() {}\n",
    ["A", "B", "C", "d"].map((name) => "src/A.ts: " + name)],
  ["const a = 1\ninterface B {}\n", []],
  ["export { b } from \"./B.ts\"\nexport type { C } from \"./B.ts\"\n", ["src/B.ts: b"]],
  ["export { b } from \"effect/B\"\n", []]
]

it.each(described)("an export without a description is found in %j", (source, missing) => {
  const files: Readonly<Record<string, string>> = {
    "src/A.ts": source,
    "src/B.ts": "import \"x\"\nexport const b = 1\n/** One. */\nexport type C = 1\nexport const other = 2\n"
  }
  expect(undescribed(["src/A.ts"], (file) => files[file] as string)).toEqual(missing)
})
