/** Property names: which the bundle makes short, and that none of those leaves the board. */
import { readFileSync } from "node:fs"
import * as path from "node:path"
import { parseSync, transformSync, traverse } from "@babel/core"
import * as fc from "fast-check"
import { beforeAll, describe, expect, it } from "vitest"
import { isWhole } from "../../support/runs.ts"
import { buildBoard } from "../../../src/programs/bundle/build.ts"
import { compile } from "../../../src/programs/bundle/compile/compile.ts"
import { keys } from "../../../src/programs/bundle/compile/keys.ts"
import { Unsupported } from "../../../src/programs/bundle/compile/Unsupported.ts"
import * as ConfigTable from "../../../src/domain/config/ConfigTable.ts"
import * as Names from "../../../src/programs/bundle/Names.ts"
import { namesIn, reservedNames } from "../../../src/programs/bundle/reserved.ts"
import * as Espruino from "../../support/espruino.ts"
import * as PlayedBoard from "../../support/playedBoard.ts"
import { deviceConfig } from "../device/support.ts"
import { runs } from "./random/runs.ts"

const source = path.join(import.meta.dirname, "../../../src")
const reserved = reservedNames(source)

const keyed = (code: string, isOwnJson = false): string =>
  (transformSync(code, {
    babelrc: false,
    configFile: false,
    filename: "module.ts",
    parserOpts: { plugins: ["typescript"], sourceType: "module" },
    generatorOpts: { compact: true },
    plugins: [keys({ reserved, isOwnJson })]
  })?.code ?? "").replace(/;$/, "")

describe("a property name", () => {
  it.each([
    ["is the program's own when it is written as one", "a.topic;b?.topic;({topic:1,payload(){}})",
      "a.topic_$;b?.topic_$;({topic_$:1,payload_$(){}})"],
    ["is the program's own in a pattern", "const{topic,payload:p,...rest}=a",
      "const{topic_$:topic,payload_$:p,...rest}=a"],
    ["is the program's own where it is asked for", "\"topic\"in a", "\"topic_$\"in a"],
    ["stays when it is written as a text", "a[\"topic\"];({\"topic\":1})", "a[\"topic\"];({\"topic\":1})"],
    ["stays when it is the language's", "a.length;b.push(1);({toString(){}})", "a.length;b.push(1);({toString(){}})"],
    ["stays when it is of a type that leaves", "({_tag:\"Woke\",pending,attemptCount:b.attemptCount})",
      "({_tag:\"Woke\",pending:pending,attemptCount:b.attemptCount})"],
    ["stays when a module exports it", "import*as Outbox from\"./Outbox.ts\";Outbox.append.topic",
      "import*as Outbox from\"./Outbox.ts\";Outbox.append.topic_$"],
    ["is the program's own when a variable hides a module",
      "import*as Outbox from\"./Outbox.ts\";(Outbox=>Outbox.topic)(1)",
      "import*as Outbox from\"./Outbox.ts\";(Outbox=>Outbox.topic_$)(1)"],
    ["stays when it hangs on the platform",
      "import{platform}from\"./platform.ts\";platform.process.memory();Math.topic;E.topic",
      "import{platform}from\"./platform.ts\";platform.process.memory();Math.topic;E.topic"],
    ["is the program's own when a variable hides the platform's",
      "const E=1;E.topic;(platform=>platform.process.memory())(1)",
      "const E=1;E.topic_$;(platform=>platform.process.memory_$())(1)"],
    ["is the second of a row of the table of keys",
      "const rows:Rows=[()=>[[\"keepalive\",\"keepAlive\",\"whole\",[\"a\",\"b\"]]]]",
      "const rows:Rows=[()=>[[\"keepalive\",\"keepAlive_$\",\"whole\",[\"a\",\"b\"]]]]"],
    ["is so where the types follow from the table",
      "const rows=[()=>[[\"ssl\",\"sslCa\",\"text\",\"\"]]as const]as const satisfies Rows",
      "const rows=[()=>[[\"ssl\",\"sslCa_$\",\"text\",\"\"]]as const]as const satisfies Rows"],
    ["is no text of another list", "[\"state\",\"state\"];[\"state\",\"state\",\"text\",1]",
      "[\"state\",\"state\"];[\"state\",\"state\",\"text\",1]"]
  ])("%s", (_, code, expected) => {
    expect(keyed(code)).toBe(expected)
  })

  it("keeps its name in an event that is in a variable before it is emitted", () => {
    const names = namesIn(readFileSync(path.join(source, "domain/wake/WakeEvent.ts"), "utf8"), undefined)
    expect(names).toContain("sessionPresent")
    for (const name of names) {
      expect(keyed(`const event={${name}:1};tell(event)`)).toBe(`const event={${name}:1};tell(event)`)
    }
  })

  it("is renamed in the table of configuration keys wherever the program has it", () => {
    const table = ["ConfigTable.ts", "SensorRows.ts"].map((name) => {
      const file = path.join(source, "domain/config", name)
      return compile(readFileSync(file, "utf8"), file, { isTerse: true, keys: { reserved, isOwnJson: false } })
    }).join("\n")
    const properties = [ConfigTable.deviceRows, ConfigTable.mqttRows, ConfigTable.reconnectRows,
      ConfigTable.networkRows, ConfigTable.sensorRows, ConfigTable.quantityRows]
      .flatMap(ConfigTable.rowsOf).map(([, property]) => property).filter((property) => !reserved.has(property))
    expect(properties.length).toBeGreaterThan(40)
    for (const property of properties) expect(table).toContain(`"${property}_$"`)
  })

  it("is reserved for all that the types of the platform and of events have, unless they say it as a text", () => {
    const names = ["platform.ts", "WakeEvent.ts"].flatMap((file) => {
      const code = readFileSync(
        path.join(source, file === "platform.ts" ? "adapters/espruino/platform" : "domain/wake", file),
        "utf8"
      )
      const found: Array<string> = []
      traverse(
        parseSync(code, {
          babelrc: false,
          configFile: false,
          parserOpts: { plugins: ["typescript"], sourceType: "module" }
        }) as NonNullable<ReturnType<typeof parseSync>>,
        {
          TSPropertySignature: ({ node }) => void found.push(node.key.type === "Identifier" ? node.key.name : "")
        }
      )
      return found.filter((name) => name !== "")
    })
    expect(names.length).toBeGreaterThan(60)
    expect(names.filter((name) => !reserved.has(name))).toEqual([])
  })
})

describe("what becomes JSON", () => {
  it.each([
    ["a constant with names", "const d = { version, interval, state }; JSON.stringify(d)"],
    ["a literal with names", "JSON.stringify({ \"version\": 1, interval })"],
    ["one within another", "JSON.stringify({ \"mqtt\": { topic: 1 } })"],
    ["one in a list", "JSON.stringify([{ topic: 1 }])"],
    ["what is spread", "JSON.stringify({ ...rest })"],
    ["a constant that gets a name later", "const d = {}; d.topic = 1; JSON.stringify(d)"],
    ["a variable", "let d = { \"a\": 1 }; d = other; JSON.stringify(d)"],
    ["what a function gives", "JSON.stringify(of(1))"],
    ["a parameter", "const f = (d: object) => JSON.stringify(d)"]
  ])("is refused when its keys may be short: %s", (_, code) => {
    expect(() => keyed(code)).toThrow(Unsupported)
  })

  it.each([
    "JSON.stringify({ \"topic\": 1, version })",
    "const d = { \"topic\": 1 }; d[\"uptime\"] = 2; JSON.stringify(d)",
    "const f = (text: string) => JSON.stringify(text)",
    "JSON.stringify(\"a\" + b)",
    "((JSON) => JSON.stringify(x))(1)"
  ])("may be: %s", (code) => {
    expect(() => keyed(code)).not.toThrow()
  })

  it("may be anything in a module whose JSON this board alone reads", () => {
    expect(keyed("JSON.stringify(value)", true)).toBe("JSON.stringify(value)")
  })
})

describe("the short names of a board", () => {
  it("are given by use, and never such as a key has already", () => {
    const names = Names.make()
    Names.extend(names, ["x.a; ({ b: 1, \"c\": 2 }); y[\"d\"]; x.topic_$; x.topic_$; x.payload_$"])
    expect([...names.short]).toEqual([["topic_$", "e"], ["payload_$", "f"]])
    Names.extend(names, ["x.topic_$; x.other_$"])
    expect(Names.of(names, "other")).toBe("g")
    expect(Names.of(names, "nobody")).toBe("nobody")
  })
})

describe.skipIf(!isWhole)("a board's program with short names", () => {
  const topic = "home/config"
  const config = deviceConfig({
    update_interval: 600,
    network: { ssid: "home", password: "secret" },
    mqtt: {
      broker: "server",
      topic_data_prefix: "home",
      topic_config: topic,
      publish_values: true,
      outbox: { capacity: 3 }
    }
  })
  const updates = [
    { version: 1 },
    { version: 2, device_name: "Greenhouse", update_interval: 300, mqtt: { topic_data_prefix: "garden" } },
    { version: 3, mqtt: { port: -1 } },
    {
      version: 4,
      network: { ssid: "other", password: "" },
      mqtt: { keepalive: 30, outbox: { when_full: "keep_newest_per_topic" } }
    },
    { version: 5, sensors: { simulated: { id: "b", interval: 1200 } } },
    { version: 6, mqtt: { enabled: false } },
    { nonsense: true }
  ]
  const configNames = ["config", "config.old"]
  let short: Readonly<Record<string, string>> = {}
  let long: Readonly<Record<string, string>> = {}
  let names = Names.make()
  beforeAll(async () => {
    const scripts = await buildBoard(config, { source, runtime: "device", minify: true })
    names = scripts.names
    short = Espruino.filesOf(scripts)
    long = Espruino.filesOf(await buildBoard(config, { source, runtime: "device", minify: true, shortNames: false }))
  }, 180_000)

  /** A configuration is stored under short names: its JSON with the long ones, without its checksum and its place. */
  const comparable = (trace: PlayedBoard.Trace): PlayedBoard.Trace =>
    trace.flatMap((each): PlayedBoard.Trace => {
      const [what, name, value] = each
      if (what === "stored" && configNames.includes(String(name))) return []
      return what === "kept" ? [[what, name, Names.long(names, String(value))]] : [each]
    })

  it("sends, stores and emits, byte for byte, what the same program does with its long names", () => {
    const seen = new Set<string>()
    fc.assert(fc.property(fc.integer(), (seed) => {
      const world = { seed, wakes: 12, topic, updates }
      const traces = [short, long].map((files) => comparable(PlayedBoard.live(files, world, configNames)))
      for (const [what, text] of traces[0] ?? []) {
        seen.add(what === "told" ? String(JSON.parse(String(text))._tag) : what)
      }
      expect(traces[0]).toEqual(traces[1])
    }), runs(0.5))
    const wanted = ["ConfigAccepted", "ConfigRefused", "Connected", "Delivered", "Dropped", "TryFailed", "Waiting",
      "sent", "stored", "joined", "slept"]
    expect(wanted.filter((what) => !seen.has(what))).toEqual([])
    expect(seen.has("uncaught")).toBe(false)
  })
})
