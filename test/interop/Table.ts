/** What was tried at each broker, as it is kept, and as the tables of docs/interoperability.md. */
import { readFileSync } from "node:fs"
import { line } from "../bench/client/table.ts"
import type { Broker, Feature, Transport } from "./Broker.ts"
import { attempt, isAble } from "./attempts.ts"
import { features, type Places, transports } from "./Broker.ts"
import { attempt as deviceAttempt, deviceFeatures } from "./deviceAttempts.ts"

/** One attempt. */
export interface Cell {
  readonly broker: string
  readonly who: "Client" | "device"
  readonly version: 4 | 5
  readonly transport: Transport
  readonly feature: string
  readonly result: string
}

const yes = "yes"
const notYet = "not yet: the Client has no QoS 2"

/** What is not as it was said to be begins so. */
const wrong = "FAILS"

const lackOf = (
  { lacks }: Broker,
  version: 4 | 5,
  transport: Transport,
  feature: Feature
): string | undefined =>
  lacks.find((lack) =>
    lack.version === version && lack.features.includes(feature) && (lack.transports ?? transports).includes(transport)
  )?.why

const resultOf = (fault: string | undefined, lack: string | undefined): string =>
  fault === undefined ? lack === undefined ? yes : `${wrong}: works, but was said to lack: ${lack}`
    : lack === undefined ? `${wrong}: ${fault}`
    : `no: ${lack}`

/** Milliseconds for a message that comes, and for one that is not expected. */
const [usualMillis, vainMillis] = [20_000, 1_000] as const

const clientCells = async (broker: Broker, places: Places, say: (what: string) => void) => {
  const cells: Array<Cell> = []
  for (const version of [4, 5] as const) {
    for (const transport of transports) {
      // Where a version is not there, one attempt shows it.
      const isThere = lackOf(broker, version, transport, "QoS 1") === undefined
      const noVersion = isThere ? undefined : await attempt(places[transport], version, "QoS 1", vainMillis)
      for (const feature of features) {
        say(`${broker.name}: MQTT ${version}, ${transport}, ${feature}`)
        const lack = lackOf(broker, version, transport, feature)
        const patience = lack === undefined ? usualMillis : vainMillis
        const result = isThere && !isAble(feature) ? notYet
          : resultOf(isThere ? await attempt(places[transport], version, feature, patience) : noVersion, lack)
        cells.push({ broker: broker.name, who: "Client", version, transport, feature, result })
      }
    }
  }
  return cells
}

const deviceCells = async (broker: Broker, places: Places, say: (what: string) => void) => {
  const cells: Array<Cell> = []
  for (const transport of ["TCP", "TLS"] as const) {
    for (const feature of deviceFeatures) {
      say(`${broker.name}: a device, ${transport}, ${feature}`)
      const result = resultOf(await deviceAttempt(places[transport], feature), undefined)
      cells.push({ broker: broker.name, who: "device", version: 4, transport, feature, result })
    }
  }
  return cells
}

/** All cells of one broker. */
export const tryOut = async (
  broker: Broker,
  places: Places,
  say: (what: string) => void
): Promise<ReadonlyArray<Cell>> => [
  ...await clientCells(broker, places, say),
  ...await deviceCells(broker, places, say)
]

export const faults = (cells: ReadonlyArray<Cell>): ReadonlyArray<string> =>
  cells.filter(({ result }) => result.startsWith(wrong)).map(({ broker, feature, result, transport, version, who }) =>
    `${broker}, ${who}, MQTT ${version}, ${transport}, ${feature}: ${result}`
  )

/** One text for all transports, or each that differs. */
const together = (cells: ReadonlyArray<Cell>): string => {
  const by = new Map<string, Array<Transport>>()
  for (const { result, transport } of cells) by.set(result, [...by.get(result) ?? [], transport])
  return by.size === 1 ? [...by.keys()][0] as string
    : [...by].map(([result, where]) => `${where.join(", ")}: ${result}`).join("; ")
}

const versionName = { 4: "3.1.1", 5: "5" } as const

const tableOf = (cells: ReadonlyArray<Cell>, who: Cell["who"], columns: ReadonlyArray<string>): string => {
  const heads = ["broker", "MQTT", "over", ...columns]
  const own = cells.filter((cell) => cell.who === who)
  const names = [...new Set(own.map(({ broker, version }) => `${broker}\n${version}`))]
  const rows = names.map((name) => {
    const row = own.filter(({ broker, version }) => `${broker}\n${version}` === name)
    const [{ broker, version }] = row as [Cell]
    const over = [...new Set(row.map(({ transport }) => transport))].join(", ")
    const found = columns.map((column) => together(row.filter(({ feature }) => feature === column)))
    // A whole version that is not there is said once.
    const isOne = new Set(found).size === 1 && found[0] !== yes
    return line(broker, versionName[version], over, ...(isOne ? found.map((text, i) => i === 0 ? text : "") : found))
  })
  return [line(...heads), line(...heads.map(() => "---")), ...rows].join("\n")
}

export const cellsFile = new URL("./interop.json", import.meta.url)
export const docsFile = new URL("../../docs/interoperability.md", import.meta.url)

export const keptCells = (): ReadonlyArray<Cell> => JSON.parse(readFileSync(cellsFile, "utf8")) as ReadonlyArray<Cell>

/** With what is kept of brokers that were not tried now. */
export const merged = (
  tried: ReadonlyArray<Cell>,
  kept: ReadonlyArray<Cell>,
  order: ReadonlyArray<string>
): ReadonlyArray<Cell> =>
  order.flatMap((name) => {
    const own = tried.filter(({ broker }) => broker === name)
    return own.length > 0 ? own : kept.filter(({ broker }) => broker === name)
  })

const marks = (who: string) => [`<!-- ${who}: made by npm run interop -- --docs -->\n`, "\n<!-- its end -->"] as const

/** The page with both tables in their places. */
export const withTables = (page: string, cells: ReadonlyArray<Cell>): string => {
  let text = page
  for (const [who, columns] of [["Client", features], ["device", deviceFeatures]] as const) {
    const [begins, ends] = marks(who)
    const from = text.indexOf(begins)
    const to = text.indexOf(ends, from)
    if (from < 0 || to < from) throw new Error(`docs/interoperability.md has no place for the table of the ${who}`)
    text = text.slice(0, from + begins.length) + tableOf(cells, who, columns) + text.slice(to)
  }
  return text
}
