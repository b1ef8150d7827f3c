/** The statuses of devices in the file of a collector. */
import type Database from "libsql"
import type { Seen } from "../../../domain/compare/Observed.ts"

interface Row {
  readonly device: string
  readonly time: string
  readonly uptime: number
  readonly tries: number | null
  readonly awake: number | null
  readonly radio: number | null
  readonly wokenBy: string | null
  readonly lastError: string | null
  readonly nextConnection: number | null
  readonly percent: number | null
}

/** More of one device tell nothing more: of very many, every second or third one and so on, and the last. */
const mostOfDevice = 5_000

const columns = "device, time, uptime, tries, awake_ms AS awake, radio_ms AS radio, woken_by AS wokenBy,"
  + " last_error AS lastError, next_connection AS nextConnection, battery AS percent"

const query = `
SELECT ${columns} FROM (
  SELECT *, row_number() OVER own AS place, count(*) OVER (PARTITION BY device) AS whole
    FROM statuses WINDOW own AS (PARTITION BY device ORDER BY time)
) WHERE place % ((whole + ${mostOfDevice - 1}) / ${mostOfDevice}) = 0 OR place = whole ORDER BY device, place`

const seenOf = (row: Row): Seen => ({
  device: row.device,
  at: Date.parse(row.time),
  uptime: row.uptime,
  tries: row.tries ?? undefined,
  awakeMillis: row.awake ?? undefined,
  radioMillis: row.radio ?? undefined,
  wokenBy: row.wokenBy ?? undefined,
  lastError: row.lastError ?? undefined,
  nextConnection: row.nextConnection ?? undefined,
  batteryPercent: row.percent ?? undefined
})

/** Of each device by its id, in the order of time. */
export const byDevice = (db: Database.Database): ReadonlyMap<string, ReadonlyArray<Seen>> => {
  const found = new Map<string, Array<Seen>>()
  for (const row of db.prepare(query).iterate() as Iterable<Row>) {
    const own = found.get(row.device)
    if (own === undefined) found.set(row.device, [seenOf(row)])
    else own.push(seenOf(row))
  }
  return found
}
