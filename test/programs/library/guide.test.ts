/** What docs/library.md lists is all that there is: options, errors, and what a client and a simulation can do. */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { Mqtt } from "../../../src/programs/library/effect.ts"
import * as Known from "../../../src/programs/library/knownOptions.ts"
import * as Library from "../../../src/programs/library/library.ts"
import type { Known as Table } from "../../../src/programs/library/OptionTable.ts"
import { simulate, simulateNetwork } from "../../../src/programs/library/testing.ts"

const text = readFileSync(new URL("../../../docs/library.md", import.meta.url), "utf8")

/** The words in backticks. */
const wordsOf = (cell: string): ReadonlyArray<string> =>
  Array.from(cell.matchAll(/`([^`]+)`/g), ([, words = ""]) => words.match(/[A-Za-z_]+/g) ?? []).flat()

/** The rows of the table whose head begins so. */
const tableOf = (head: string): ReadonlyArray<ReadonlyArray<string>> => {
  const [, table = ""] = text.split(`\n| ${head} |`)
  const lines = table.split("\n")
  const rows = lines.slice(2, lines.indexOf("", 1))
  return rows.map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()))
}

const namesIn = (table: Table): ReadonlyArray<string> =>
  Object.entries(table.kinds).flatMap((
    [name, kind]
  ) => [name, ...(kind.table === undefined ? [] : namesIn(kind.table))])

it("every option of connect has a row, with the options inside it", () => {
  const rows = tableOf("`connect`")
  expect(rows.flatMap(([first = ""]) => wordsOf(first)).sort()).toEqual(Object.keys(Known.connect.kinds).sort())
  const properties = namesIn({
    ...Known.calls.publish,
    kinds: Known.calls.publish.kinds["properties"]?.table?.kinds ?? {}
  })
  for (const [name, { table }] of Object.entries(Known.connect.kinds)) {
    if (table === undefined) continue
    const row = rows.find(([first = ""]) => wordsOf(first).includes(name)) ?? []
    const said = wordsOf(row.join())
    // The properties of a Will are those of a message, and one more.
    const known = name === "will" ? [...said, ...properties] : said
    expect([name, namesIn(table).filter((each) => !known.includes(each))]).toEqual([name, []])
  }
})

it("every option of a call is in its row", () => {
  const rows = tableOf("call | options").map(([call = "", options = ""]) => [call, wordsOf(options)] as const)
  const said = (call: string) => rows.find(([first]) => first === call)?.[1] ?? []
  const inherited: Readonly<Record<string, ReadonlyArray<string>>> = {
    request: said("`publish`"),
    subscribeLoop: said("`subscribe` with a handler")
  }
  const calls: Readonly<Record<keyof typeof Known.calls, string>> = {
    publish: "`publish`",
    request: "`request`",
    subscribeLoop: "`subscribe` with a loop",
    subscribeHandler: "`subscribe` with a handler",
    unsubscribe: "`unsubscribe`",
    readTopic: "`readTopic`",
    reauthenticate: "`reauthenticate`",
    end: "`end`"
  }
  for (const [name, call] of Object.entries(calls)) {
    const all = namesIn(Known.calls[name as keyof typeof calls])
    const known = [...said(call), ...inherited[name] ?? []]
    expect([call, all.filter((each) => !known.includes(each))]).toEqual([call, []])
    expect([call, said(call).filter((each) => !all.includes(each) && each !== "publish")]).toEqual([call, []])
  }
})

type Exports = typeof Library

/** The errors among the exports. */
type Exported = {
  [K in keyof Exports]: Exports[K] extends new(...args: never) => infer E ? Extract<E, Error> : never
}[keyof Exports]

/** Fails to compile if there is an error of one kind in only one of them. */
const isUnion: [Exported["_tag"], Library.MqttError["_tag"]] extends [Library.MqttError["_tag"], Exported["_tag"]] ?
  true :
  false = true

it("every error has a row, which says when it comes and what to do", () => {
  const exported = Object.entries(Library).flatMap(([name, each]) =>
    "prototype" in each && each.prototype instanceof Error ? [name] : []
  )
  expect(exported.length).toBeGreaterThan(10)
  const rows = tableOf("`_tag`")
  expect(rows.flatMap(([first = ""]) => wordsOf(first)).sort()).toEqual(exported.sort())
  expect(rows.filter(([, when, what]) => when === "" || what === "")).toEqual([])
  expect(isUnion).toBe(true)
})

it("everything that a client with Effect can do has a row", () => {
  const connected = Effect.scoped(Mqtt.connect("mqtt://a")).pipe(Effect.provide(simulateNetwork().layer))
  return Effect.runPromise(Effect.map(connected, (client) => {
    const said = tableOf("of the client").flatMap(([first = ""]) => wordsOf(first))
    expect(Object.keys(client).filter((name) => !said.includes(name))).toEqual(["clientId"])
  }))
})

it("everything that a simulation can do has a row", () => {
  const simulation = simulate()
  const names = [simulation, simulation.server, simulation.network].flatMap(Object.keys)
  const said = tableOf("of `simulate()`").flatMap(([first = ""]) => wordsOf(first))
  expect(names.filter((name) => !said.includes(name))).toEqual(["connect", "tries"])
})
