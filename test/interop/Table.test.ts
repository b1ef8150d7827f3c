/** The tables of docs/interoperability.md: as they were made, and what would not be right in them. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { brokers, features, transports } from "./Broker.ts"
import { deviceFeatures } from "./deviceAttempts.ts"
import * as Table from "./Table.ts"

const cells = Table.keptCells()

const cell: Table.Cell = {
  broker: "b",
  who: "Client",
  version: 4,
  transport: "TCP",
  feature: "QoS 1",
  result: "FAILS: nothing within 2 s"
}

describe("the tables of interoperability", () => {
  it("have every broker, version, transport and feature, and nothing fails", () => {
    const count = 2 * transports.length * features.length + 2 * deviceFeatures.length
    for (const { name } of brokers) {
      expect([name, cells.filter(({ broker }) => broker === name).length]).toEqual([name, count])
    }
    expect(Table.faults(cells)).toEqual([])
    expect(Table.faults([cell])).toEqual(["b, Client, MQTT 4, TCP, QoS 1: FAILS: nothing within 2 s"])
  })

  it("stand in docs/interoperability.md as they were tried", () => {
    const page = readFileSync(Table.docsFile, "utf8")
    expect(Table.withTables(page, cells)).toBe(page)
    expect(Table.withTables(page, [...cells, cell])).toContain("| b | 3.1.1 | TCP |")
  })

  it("keep what is known of a broker that was not tried again", () => {
    const [one, other] = [{ ...cell, broker: "one" }, { ...cell, broker: "other" }]
    const again = { ...one, result: "yes" }
    expect(Table.merged([again], [one, other], ["one", "other"])).toEqual([again, other])
  })
})
