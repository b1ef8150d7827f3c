import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { runInNewContext } from "node:vm"
import { afterAll, describe, expect, it } from "vitest"
import { build } from "../../../src/programs/bundle/build.ts"
import { BundleError } from "../../../src/programs/bundle/BundleError.ts"
import * as SizeReport from "../../../src/programs/bundle/SizeReport.ts"

const folder = mkdtempSync(join(tmpdir(), "pipeline-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** A runtime of a few lines: what the small programs below need. */
const runtime: { readonly [file: string]: string } = {
  "runtime/Effect.ts": `
type Node = () => unknown
const stack: Array<(value?: unknown) => unknown> = []
export const push = (next: (value?: unknown) => unknown) => void stack.push(next)
export const succeed = (value: unknown): Node => () => value
export const sync = (f: () => unknown): Node => () => f()
export const suspend = (f: () => Node): Node => () => f()()
export const flatMap$now = (self: Node, f: (value: unknown) => Node) => void stack.push((value) => f(value)(), self)
export const flatMap = (self: Node, f: (value: unknown) => Node): Node => () => flatMap$now(self, f)
export const map$now = (self: Node, f: (value: unknown) => unknown) => void stack.push(f, self)
export const map = (self: Node, f: (value: unknown) => unknown): Node => () => map$now(self, f)
const nothing = succeed(undefined)
export { nothing as void }
export const run = (self: Node) => {
  let value: unknown
  stack.push(self)
  while (stack.length > 0) value = (stack.pop() as (value: unknown) => unknown)(value)
  return value
}`,
  "runtime/Data.ts": `
export const TaggedError = (tag: string) => function(this: any, fields: any) { this._tag = tag; Object.assign(this, fields) } as any
export const tagged = (_tag: string, fields: object) => ({ _tag, ...fields })`
}

let count = 0

/** The script of a program given as its files, \`main.ts\` the entry, with the runtime above. */
const optionsFor = (files: { readonly [file: string]: string }) => {
  const root = join(folder, String(count++))
  for (const [file, text] of Object.entries({ ...runtime, ...files })) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return {
    entry: join(root, "main.ts"),
    source: root,
    runtime: join(root, "runtime"),
    define: { baked: JSON.stringify({ name: "d1", list: [1, 2, 3] }), isLong: "false" },
    minify: true,
    // What is printed is looked at.
    shortNames: false
  }
}

const bundled = (files: { readonly [file: string]: string }, options: { readonly minify?: boolean } = {}) =>
  build({ ...optionsFor(files), ...options })

/** What a script prints where nothing exists but what the interpreter has. */
const printed = (code: string, more: object = {}): ReadonlyArray<unknown> => {
  const lines: Array<unknown> = []
  const missing = ["Map", "Set", "WeakMap", "Symbol", "Reflect", "Proxy", "Promise", "BigInt"]
  const world: { [name: string]: unknown } = { print: (line: string) => void lines.push(JSON.parse(line)), ...more }
  for (const name of missing) world[name] = undefined
  runInNewContext(code, world)
  return lines
}

const main = `
import * as Effect from "effect/Effect"
import * as Data from "effect/Data"
import { sum, unused } from "./sum.ts"
declare const print: (line: string) => void
declare const baked: { readonly name: string; readonly list: ReadonlyArray<number> }
declare const isLong: boolean
class Odd extends Data.TaggedError("Odd")<{ readonly value: number }> {}
const say = (what: unknown) => Effect.sync(() => print(JSON.stringify(what)))
const program = Effect.gen(function*() {
  const { name, ...rest } = baked
  yield* say({ ...rest, name })
  for (const [index, value] of [[0, 1], [1, 2]]) {
    if (isLong) yield* say("a text that a constant leaves out")
    const f = () => index + value
    if (value === 1) continue
    yield* say(f())
  }
  const total = sum(...baked.list)
  switch (total) {
    default: yield* say("other"); break
    case 6: yield* say("six")
  }
  yield* say([new Odd({ value: total ** 2 })._tag, baked.list?.length])
})
Effect.run(program)
`

const sum = `
export const sum = (a: number, b = 10, c = 0) => a + b + c
export const unused = () => "a text that nobody reads"
`

const message = async (attempt: Promise<unknown>): Promise<string> => {
  try {
    await attempt
  } catch (error) {
    expect(error).toBeInstanceOf(BundleError)
    return (error as BundleError).message.replaceAll(folder, "")
  }
  throw new Error("there is a bundle")
}

describe("the pipeline", () => {
  it("makes a script that runs where the interpreter's library is all there is", async () => {
    const script = await bundled({ "main.ts": main.replace("sum(...baked.list)", "sum(1, 2, 3)"), "sum.ts": sum })
    expect(printed(script.code)).toEqual([{ list: [1, 2, 3], name: "d1" }, 3, "six", ["Odd", 3]])
    expect(script.code).not.toMatch(/nobody reads|leaves out|\byield\b|\.\.\./)
  })

  it("runs the same without being made small", async () => {
    const script = await bundled({ "main.ts": main.replace("sum(...baked.list)", "sum(1, 2, 3)"), "sum.ts": sum }, {
      minify: false
    })
    expect(printed(script.code)).toEqual([{ list: [1, 2, 3], name: "d1" }, 3, "six", ["Odd", 3]])
  })

  it("counts bytes and functions, and says which file they come from", async () => {
    const script = await bundled({ "main.ts": main.replace("sum(...baked.list)", "sum(1, 2, 3)"), "sum.ts": sum })
    const report = SizeReport.of(script, join(folder, String(count - 1)))
    expect(report.bytes).toBe(Buffer.byteLength(script.code))
    expect(report.files.reduce((total, { bytes }) => total + bytes, 0)).toBe(report.bytes)
    expect(report.files[0]?.file).toBe("main.ts")
    expect(SizeReport.show(report)).toContain(`${report.bytes} bytes, ${report.functions} functions`)
    expect(SizeReport.overBudget(report, report.bytes)).toBe(undefined)
    expect(SizeReport.overBudget(report, report.bytes - 3)).toMatch(/ 3 more than .* most is in main\.ts$/)
  })

  it("names a function that the device-sized runtime lacks, and who needs it", async () => {
    const text = await message(
      bundled({
        "main.ts": `import * as Effect from "effect/Effect"\n\nEffect.run(Effect.race(Effect.void, Effect.void))`
      })
    )
    expect(text).toMatch(/main\.ts:3: race is missing in .*runtime\/Effect\.ts; add it there, or do not import it$/)
  })

  it("names a module that the device-sized runtime lacks, and who needs it", async () => {
    const text = await message(bundled({ "main.ts": `import * as Stream from "effect/Stream"\nStream.run()` }))
    expect(text).toMatch(
      /effect\/Stream has no twin for the device: .*main\.ts needs it, but there is no .*runtime\/Stream\.ts/
    )
  })

  it("says where a generator cannot be compiled", async () => {
    const code =
      `import * as Effect from "effect/Effect"\nEffect.run(Effect.gen(function*() {\n  try { yield* Effect.sleep(1) } catch {}\n}))`
    expect(await message(bundled({ "main.ts": code }))).toMatch(/main\.ts:3: cannot wait inside try/)
  })

  it("says which line of the source the interpreter would trip at", async () => {
    const code =
      `declare const print: (line: string) => void\nconst seen = new Map([[1, 2]])\nprint(JSON.stringify(seen.get(1)))`
    const text = await message(bundled({ "main.ts": code }))
    expect(text).toMatch(/main\.ts:2: missing global, which the board's interpreter lacks/)
  })

  it("says where a switch cannot be put in order", async () => {
    const code = `declare const print: (line: string) => void
const f = (value: unknown) => {
  switch (value) {
    case 0: print("0"); break
    default: print("1")
    case 2: print("2"); break
    case 3: print("3"); break
    case 4: print("4")
  }
}
for (const value of [0, 1, 2, 3, 4]) f(value)`
    expect(await message(bundled({ "main.ts": code }))).toMatch(
      /main\.ts:[45]: a default in the middle of a switch that falls through/
    )
  })

  it("takes a twin for a module as soon as there is one", async () => {
    const files = {
      "main.ts":
        `import * as Bytes from "./domain/bytes/Bytes.ts"\ndeclare const print: (line: string) => void\nprint(JSON.stringify(Bytes.name))`,
      "domain/bytes/Bytes.ts": `export const name = "array"`
    }
    expect(printed((await bundled(files)).code)).toEqual(["array"])
    const twin = { "adapters/espruino/bytes/Bytes.ts": `export const name = "string"` }
    expect(printed((await bundled({ ...files, ...twin })).code)).toEqual(["string"])
  })
})
