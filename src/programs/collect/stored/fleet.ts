/** What the file of a collector says of its devices, for pictures. */
import type Database from "libsql"
import { ownerOf } from "../../../domain/collect/Ownership.ts"
import * as Topics from "../../../domain/collect/Topics.ts"
import type { Connection, Fleet } from "../../../domain/observed/Fleet.ts"
import * as Observing from "../../../domain/observed/Observing.ts"

interface ReadingRow {
  readonly id: number
  readonly time: string
  readonly topic: string
  readonly sensor: string
  readonly temperature: number | null
  readonly humidity: number | null
  readonly unit: string | null
}

interface StatusRow {
  readonly time: string
  readonly topic: string
  readonly device: string
  readonly tries: number | null
  readonly awake: number | null
  readonly pending: number | null
  readonly percent: number | null
  readonly volts: number | null
  readonly lastError: string | null
}

const readingQuery = "SELECT id, time, topic, sensor, temperature, humidity, unit FROM readings ORDER BY topic, time"

const valueQuery = "SELECT quantity, value FROM reading_values WHERE reading = ?"

const statusQuery = "SELECT time, topic, device, tries, awake_ms AS awake, pending, battery AS percent,"
  + " battery_volts AS volts, last_error AS lastError FROM statuses ORDER BY device, time"

/** The first and the last moment; undefined: there is nothing. */
const spanIn = (db: Database.Database): readonly [from: number, to: number] | undefined => {
  const found = db.prepare(
    "SELECT min(time) AS first, max(time) AS last FROM (SELECT time FROM readings UNION ALL SELECT time FROM statuses)"
  ).get() as { readonly first: string | null; readonly last: string | null }
  return found.first === null || found.last === null ? undefined : [Date.parse(found.first), Date.parse(found.last)]
}

/** By prefix, the devices that have said their status there. */
const devicesIn = (db: Database.Database): ReadonlyMap<string, ReadonlySet<string>> => {
  const rows = db.prepare("SELECT DISTINCT topic, device FROM statuses").raw().all() as ReadonlyArray<
    readonly [topic: string, device: string]
  >
  const found = new Map<string, Set<string>>()
  for (const [topic, device] of rows) {
    const meaning = Topics.meaning(topic)
    if (meaning._tag !== "Status") continue
    const own = found.get(meaning.prefix) ?? new Set()
    found.set(meaning.prefix, own.add(device))
  }
  return found
}

const noDevices: ReadonlySet<string> = new Set()

const isNumber = (entry: readonly [string, number | null]): entry is [string, number] => entry[1] !== null

const connectionOf = ({ awake, lastError, pending, percent, time, tries, volts }: StatusRow): Connection => ({
  at: Date.parse(time),
  tries: tries ?? undefined,
  awakeMillis: awake ?? undefined,
  pending: pending ?? undefined,
  percent: percent ?? undefined,
  volts: volts ?? undefined,
  lastError: lastError ?? undefined
})

/** `isWanted`: which devices. Undefined: the file has nothing of them. */
export const fleetIn = (db: Database.Database, isWanted: (device: string) => boolean): Fleet | undefined => {
  const span = spanIn(db)
  if (span === undefined) return undefined
  const observing = Observing.make({ from: span[0], to: span[1], isDated: true })
  const devices = devicesIn(db)
  const valuesOf = db.prepare(valueQuery).raw()
  for (const row of db.prepare(readingQuery).iterate() as Iterable<ReadingRow>) {
    const meaning = Topics.meaning(row.topic)
    if (meaning._tag !== "Reading") continue
    const owner = ownerOf(meaning.prefix, row.sensor, devices.get(meaning.prefix) ?? noDevices)
    if (!isWanted(owner)) continue
    const own: ReadonlyArray<readonly [string, number | null]> = [["temperature", row.temperature], ["humidity",
      row.humidity]]
    const others = valuesOf.all(row.id) as ReadonlyArray<readonly [string, number]>
    observing.reading(owner, {
      sensor: row.sensor,
      at: Date.parse(row.time),
      values: [...own.filter(isNumber), ...others],
      unit: row.unit ?? undefined
    })
  }
  for (const row of db.prepare(statusQuery).iterate() as Iterable<StatusRow>) {
    if (isWanted(row.device)) observing.connection(row.device, connectionOf(row))
  }
  const fleet = observing.end()
  return fleet.devices.length === 0 ? undefined : fleet
}
