import { describe, expect, it } from "vitest"
import * as Architecture from "./support/architecture.ts"

const root = new URL("../", import.meta.url).pathname

describe("the sources of Dormouse", () => {
  const sources = Architecture.read(root)

  it("are found, and so are their imports", () => {
    const files = Object.keys(sources)
    expect(files).toContain("src/domain/packet/Packet.ts")
    expect(files).toContain("src/adapters/simulation/world/World.ts")
    const found = Object.entries(sources).map(([file, text]) =>
      [file, Architecture.imports(text).length, text.match(/^import /gm)?.length ?? 0] as const
    )
    for (const [file, imports, statements] of found) expect([file, imports >= statements]).toEqual([file, true])
    expect(found.reduce((sum, [, imports]) => sum + imports, 0)).toBeGreaterThan(300)
  })

  it("keep to the import table and to their size", () => {
    expect(Architecture.check(sources)).toEqual([])
  })
})

describe("imports are found", () => {
  const rows: ReadonlyArray<readonly [source: string, from: string, isType: boolean]> = [
    [`import * as Effect from "effect/Effect"`, "effect/Effect", false],
    [`import type * as Effect from "effect/Effect"`, "effect/Effect", true],
    [`import { a, type B } from "./a.ts"`, "./a.ts", false],
    [`import type { A } from './a.ts'`, "./a.ts", true],
    [`import {\n  a,\n  b\n} from "./a.ts"`, "./a.ts", false],
    [`import type {\n  A\n} from "./a.ts"`, "./a.ts", true],
    [`import type from "./a.ts"`, "./a.ts", false],
    [`import "./a.ts"`, "./a.ts", false],
    [`export { a } from "./a.ts"`, "./a.ts", false],
    [`export * from "./a.ts"`, "./a.ts", false],
    [`export * as A from "./a.ts"`, "./a.ts", false],
    [`export type { A } from "./a.ts"`, "./a.ts", true],
    [`const a = await import("./a.ts")`, "./a.ts", false],
    [`type A = import("./a.ts").A`, "./a.ts", false],
    [`const a = require("node:fs")`, "node:fs", false]
  ]
  it.each(rows)("in %j", (source, from, isType) => {
    expect(Architecture.imports("/** A header. */\n" + source + "\nexport const x = 1\n")).toEqual([{ from, isType }])
  })

  it.each([`/**\n * import { a } from "./a.ts"\n */`, `// import { a } from "./a.ts"`, `export const from = "./a.ts"`,
    `export const a = f("from", "b")`])(
      "but not in %j",
      (source) => expect(Architecture.imports(source + "\n")).toEqual([])
    )
})

describe("a violation is found", () => {
  /** Sources that keep to the table, for the others to refer to. */
  const good: Architecture.Sources = {
    "src/domain/packet/Topic.ts":
      `import type * as Brand from "effect/Brand"\nimport * as Result from "effect/Result"\n`,
    "src/domain/bytes/Bytes.ts": "export const empty = new Uint8Array(0)\n",
    "src/domain/delivery/Backoff.ts":
      `import * as Schedule from "effect/Schedule"\nimport * as Effect from "effect/Effect"\n`,
    "src/domain/config/DeviceConfigSchema.ts":
      `import * as Schema from "effect/Schema"\nimport * as Topic from "../packet/Topic.ts"\n`,
    "src/ports/Socket.ts":
      `import * as Context from "effect/Context"\nimport type * as Effect from "effect/Effect"\nimport type { Bytes } from "../domain/bytes/Bytes.ts"\n`,
    "src/ports/restarting.ts": `import * as Deferred from "effect/Deferred"\nimport { Socket } from "./Socket.ts"\n`,
    "src/adapters/node/layer.ts":
      `import * as net from "node:net"\nimport * as NodeFileSystem from "@effect/platform-node-shared/NodeFileSystem"\nimport { Socket } from "../../ports/Socket.ts"\n`,
    "src/adapters/simulation/layer.ts":
      `import * as Layer from "effect/Layer"\nimport * as Topic from "../../domain/packet/Topic.ts"\n`,
    "src/programs/device/device.ts":
      `import * as Effect from "effect/Effect"\nimport type * as Fiber from "effect/Fiber"\nimport { Socket } from "../../ports/Socket.ts"\n`,
    "src/programs/client/Client.ts":
      `import * as Queue from "effect/Queue"\n// any company\nexport const f = (any: string) => any\n`,
    "src/programs/library/effect.ts": `export * as NodeSocket from "../../adapters/node/layer.ts"\n`,
    "src/programs/bundle/parse.ts": `import { types as t } from "@babel/core"\nimport * as fs from "node:fs"\n`,
    "src/programs/simulate/simulate.ts":
      `import { layer } from "../../adapters/simulation/layer.ts"\nimport { device } from "../device/device.ts"\nimport * as fs from "node:fs"\n`
  }

  it("but not in sources that keep to the table", () => {
    expect(Architecture.check(good)).toEqual([])
  })

  const rows: ReadonlyArray<readonly [what: string, file: string, source: string, said: string]> = [
    ["domain importing a port", "src/domain/A.ts", `import type { Socket } from "../ports/Socket.ts"`,
      "domain may not import ports"],
    ["domain importing the runtime", "src/domain/A.ts", `import * as Effect from "effect/Effect"`,
      "domain may not import this of effect"],
    ["domain importing the runtime as a type", "src/domain/A.ts", `import type * as Effect from "effect/Effect"`,
      "domain may not import this of effect"],
    ["Schema beside DeviceConfigSchema", "src/domain/A.ts", `import * as Schema from "effect/Schema"`,
      "domain may not import this of effect"],
    ["Schedule in DeviceConfigSchema", "src/domain/config/DeviceConfigSchema.ts",
      `import * as Schedule from "effect/Schedule"`, "domain may not import this of effect"],
    ["domain importing Node", "src/domain/A.ts", `import { Buffer } from "node:buffer"`,
      "domain may not import this package"],
    ["a port importing values of domain", "src/ports/A.ts", `import * as Topic from "../domain/Topic.ts"`,
      "ports may not import domain"],
    ["a port carrying the runtime", "src/ports/A.ts", `import * as Effect from "effect/Effect"`,
      "ports may not import this of effect"],
    ["a port importing an adapter", "src/ports/A.ts", `import type { layer } from "../adapters/node/layer.ts"`,
      "ports may not import adapters/node"],
    ["one adapter importing another", "src/adapters/node/A.ts", `import { layer } from "../simulation/layer.ts"`,
      "adapters/node may not import adapters/simulation"],
    ["an adapter importing a program", "src/adapters/node/A.ts",
      `import { device } from "../../programs/device/device.ts"`, "adapters/node may not import programs"],
    ["Node in simulation", "src/adapters/simulation/A.ts", `import * as fs from "node:fs"`,
      "adapters/simulation may not import this package"],
    ["platform-node in simulation", "src/adapters/simulation/A.ts", `import * as A from "@effect/platform-node"`,
      "adapters/simulation may not import this package"],
    ["another package", "src/adapters/node/A.ts", `import mqtt from "mqtt"`,
      "adapters/node may not import this package"],
    ["a program importing an adapter", "src/programs/Client2.ts", `import { layer } from "../adapters/node/layer.ts"`,
      "programs may not import adapters/node"],
    ["a part of an entry importing an adapter", "src/programs/simulate/A.ts",
      `import { layer } from "../../adapters/simulation/layer.ts"`, "programs may not import adapters/simulation"],
    ["a part of the library importing an adapter", "src/programs/library/A.ts",
      `import { layer } from "../../adapters/node/layer.ts"`, "programs may not import adapters/node"],
    ["a program importing Node", "src/programs/A.ts", `import * as fs from "node:fs"`,
      "programs may not import this package"],
    ["a program importing an entry", "src/programs/A.ts", `import "./simulate/simulate.ts"`,
      "programs may not import an entry"],
    ["the device program importing a command", "src/programs/device/A.ts", `import * as A from "../bundle/parse.ts"`,
      "programs may not import a command"],
    ["a tool importing an adapter", "src/programs/bundle/A.ts", `import { layer } from "../../adapters/node/layer.ts"`,
      "programs may not import adapters/node"],
    ["the barrel", "src/programs/A.ts", `import { Effect } from "effect"`, "the barrel"],
    ["a test's tool", "src/adapters/simulation/A.ts", `import * as TestClock from "effect/testing/TestClock"`,
      "a test's tool"],
    ["an import from test", "src/programs/A.ts", `import { x } from "../../test/x.ts"`,
      "programs may not import no room"],
    ["a file outside the rooms", "src/util.ts", "export const x = 1", "belongs to no room"],
    ["an import without .ts", "src/programs/A.ts", `import { x } from "./Client.js"`, ".ts included"],
    ["any", "src/programs/A.ts", "export const f = (x: any) => x", "says any"],
    ["any within a type", "src/programs/A.ts", "export type A = Array<string | any>", "says any"],
    ["as any", "src/programs/A.ts", "export const a = 1 as any", "says any"],
    ["@ts-ignore", "src/programs/A.ts", "// @ts-ignore\nexport const a = 1", "silences the compiler"],
    ["251 lines", "src/programs/A.ts", "//\n".repeat(251), "has 251 lines"],
    ["a Fiber in the device program", "src/programs/device/A.ts", `import * as Fiber from "effect/Fiber"`,
      "a board may not carry effect/Fiber"],
    ["Schema by a long way", "src/programs/device/A.ts",
      `import * as B from "../../domain/config/DeviceConfigSchema.ts"`,
      "src/programs/device/A.ts -> src/domain/config/DeviceConfigSchema.ts: a board may not carry effect/Schema"],
    ["a Deferred is no reason, but a Queue of Client is", "src/programs/device/A.ts",
      `import * as B from "../client/Client.ts"`, "a board may not carry effect/Queue"],
    ["a circle of files", "src/domain/A.ts", `import * as A from "./A.ts"`,
      "src/domain/A.ts -> src/domain/A.ts: a circle"],
    ["a circle of types", "src/domain/A.ts", `import type { A } from "./A.ts"`,
      "src/domain/A.ts -> src/domain/A.ts: a circle"]
  ]
  it.each(rows)("%s", (_, file, source, said) => {
    const faults = Architecture.check({ ...good, [file]: source + "\n" })
    expect(faults.some((fault) => fault.startsWith(file) && fault.includes(said)), faults.join("\n")).toBe(true)
  })

  it("a circle of folders", () => {
    const faults = Architecture.check({
      ...good,
      "src/domain/packet/A.ts": `import type { layer } from "../../adapters/simulation/layer.ts"\n`
    })
    expect(
      faults.some((fault) =>
        fault.includes("src/adapters/simulation -> src/domain/packet -> src/adapters/simulation: a circle") ||
        fault.includes("src/domain/packet -> src/adapters/simulation -> src/domain/packet: a circle")
      )
    ).toBe(true)
  })
})
