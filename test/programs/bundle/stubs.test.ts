/**
 * Functions that a board loads from overlays: the program with stubs and overlays does what it does in one piece, or is
 * refused.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { runInNewContext } from "node:vm"
import { afterAll, describe, expect, it } from "vitest"
import { build, buildOverlays } from "../../../src/programs/bundle/build.ts"
import { BundleError } from "../../../src/programs/bundle/BundleError.ts"
import type { Overlay } from "../../../src/programs/bundle/overlays.ts"

const folder = mkdtempSync(join(tmpdir(), "stubs-"))
afterAll(() => rmSync(folder, { recursive: true }))

type Files = { readonly [file: string]: string }

const runtime: Files = {
  "runtime/Effect.ts": `
const stack: Array<() => unknown> = []
export const push = stack.push.bind(stack)
export const sync = (f: () => unknown) => f
export const flatMap = (self: () => unknown, f: (value: any) => () => unknown) => () => { stack.push(self); return f(stack.pop()!())() }
export const later = () => { stack.push(() => 1) }
export const restart = () => { stack.splice(0) }`,
  "runtime/Context.ts": "export const Service = () => () => class {}",
  "adapters/espruino/overlay.ts": `declare const globalThis: any
export const load = (file: string, index: number) => {
  let found: any
  globalThis.eval(globalThis.require("Storage").read(file))({}, (functions: any) => { found = functions[index] })
  return found
}`
}

let count = 0

const optionsFor = (files: Files, overlays: ReadonlyArray<Overlay>) => {
  const root = join(folder, String(count++))
  for (const [file, text] of Object.entries({ ...runtime, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return {
    entry: join(root, "main.ts"),
    source: root,
    runtime: join(root, "runtime"),
    define: {},
    minify: true,
    shortNames: false,
    overlays
  }
}

/** What a board prints. */
const printed = async (files: Files, overlays: ReadonlyArray<Overlay>) => {
  const options = optionsFor(files, overlays)
  const script = await build(options)
  const stored = await buildOverlays(options)
  const lines: Array<unknown> = []
  const require = () => ({ read: (name: string) => stored.find(({ file }) => file === name)?.script.code })
  runInNewContext(script.code, { print: (line: string) => void lines.push(JSON.parse(line)), require })
  return { lines, program: script.code, stored }
}

const message = async (files: Files, overlays: ReadonlyArray<Overlay>): Promise<string> => {
  const options = optionsFor(files, overlays)
  try {
    await build(options)
    await buildOverlays(options)
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError)
    return (error as BundleError).message.replaceAll(folder, "")
  }
  throw new Error("there is a bundle")
}

const main = (body: string): string =>
  `import * as Rules from "./Rules.ts"\ndeclare const print: (line: string) => void\n${body}`

const of = (
  ...functions: ReadonlyArray<string>
): ReadonlyArray<Overlay> => [{ file: ".rare", parts: [{ module: "Rules.ts", functions }] }]

const rules = `
const limit = 2
const tooOld = (version: number) => version < limit
const reasonOf = (version: number, why: string = "by default") => ["too old, says the overlay", version, why]
export const check = (version: number) => tooOld(version) ? reasonOf(version) : "fine, says the program"
function plus({ a, b }: { a: number; b: number }) { return "a sum, says the overlay: " + (a + b) }
export { plus as sum }
export const size = (list: ReadonlyArray<unknown>) => list.length`

describe("a function of an overlay", () => {
  it("is loaded when it is called, exported or not, while its module stays in the program", async () => {
    const use = main(
      "print(JSON.stringify([Rules.check(1), Rules.check(3), Rules.sum({ a: 1, b: 2 }), Rules.size([1])]))"
    )
    const { lines, program, stored } = await printed({ "main.ts": use, "Rules.ts": rules }, of("reasonOf", "sum"))
    expect(lines).toEqual([[["too old, says the overlay", 1, "by default"], "fine, says the program",
      "a sum, says the overlay: 3", 1]])
    expect(program).not.toContain("overlay:")
    expect(program).not.toContain("too old")
    expect(stored.map(({ file }) => file)).toEqual([".rare"])
    expect(stored[0]?.script.code).not.toContain("fine")
  })

  it("stays in the program where it is resident", async () => {
    const overlays = [{
      file: ".rare",
      parts: [{ module: "Rules.ts", functions: ["reasonOf"], isResident: () => true }]
    }]
    const options = {
      ...optionsFor({ "main.ts": main("print(JSON.stringify(Rules.check(1)))"), "Rules.ts": rules }, overlays),
      define: { deviceConfig: "{}" }
    }
    expect((await build(options)).code).toContain("too old")
  })

  it("may have helpers with variables that nobody changes, and calls others of its overlay directly", async () => {
    const code = `
const table = { a: [1, 2], b: { c: 3 } }
export const first = (n: number) => table.a[n]! + second(n)
export const second = (n: number) => table.b.c * n`
    const { lines, stored } = await printed({
      "main.ts": main("print(JSON.stringify([Rules.first(1), Rules.second(2)]))"),
      "Rules.ts": code
    }, of("first", "second"))
    expect(lines).toEqual([[5, 6]])
    expect(stored[0]?.script.code).not.toContain("eval")
  })

  const use = main("print(JSON.stringify(Object.keys(Rules)))")
  const refused: ReadonlyArray<readonly [what: string, code: string, name: string, message: RegExp]> = [
    ["is not there", "export const a = () => 1", "b",
      /Rules\.ts:1: an overlay names the function b, which this module does not declare/],
    ["is another module's", "export { sync as b } from 'effect/Effect'", "b", /which this module does not declare/],
    ["is imported", "import { sync } from 'effect/Effect'\nexport { sync as b }", "b",
      /which this module does not declare/],
    ["is no function", "export const b = [1, 2]", "b",
      /Rules\.ts:1: b is of an overlay, so it must be written here as a function/],
    ["is assigned again", "export let b = () => 1\nexport const c = () => { b = () => 2 }", "b",
      /so it must not be assigned again/],
    ["takes any number of parameters", "export const b = (...all: Array<number>) => all.length", "b",
      /so it takes no rest parameter/],
    ["reads its arguments", "export function b() { return arguments.length }", "b", /so it cannot use arguments/],
    ["reads this", "export function b(this: unknown) { return this }", "b", /so it cannot use this/],
    ["is async", "export const b = async () => 1", "b", /so it must not wait/],
    ["is a generator", "export const b = function*() { yield 1 }", "b", /so it must not wait/],
    [
      "makes an effect that waits",
      "import * as Effect from 'effect/Effect'\nexport const b = () => Effect.gen(function*() { return (yield* Effect.later) + 1 })",
      "b",
      /the overlay \.rare \(b\) uses variables that change, .*: runtime\/Effect\.ts#stack;/
    ],
    ["uses a variable that another function sets",
      "let n = 0\nexport const c = () => { n++ }\nexport const b = () => n", "b", /Rules\.ts#n;/],
    ["uses a list that another function fills",
      "const all: Array<number> = []\nexport const c = () => { all.push(1) }\nexport const b = () => all.length", "b",
      /Rules\.ts#all;/],
    ["uses a table in which a field is set",
      "const all = { a: { n: 1 } }\nexport const c = () => { all.a.n = 2 }\nexport const b = () => all.a", "b",
      /Rules\.ts#all;/],
    ["uses a variable by way of another function", "let n = 0\nconst next = () => n++\nexport const b = () => next()",
      "b", /Rules\.ts#n;/],
    ["uses a port",
      "import * as Context from 'effect/Context'\nclass Wifi extends Context.Service<Wifi, object>()('w') {}\nexport const b = () => Wifi",
      "b", /Rules\.ts#Wifi;/]
  ]
  it.each(refused)("is refused if it %s", async (_, code, name, expected) => {
    expect(await message({ "main.ts": use, "Rules.ts": code }, of(name))).toMatch(expected)
  })

  it("is refused if its module is missing", async () => {
    expect(await message({ "main.ts": "export {}" }, of("b"))).toMatch(/Rules\.ts/)
  })
})
