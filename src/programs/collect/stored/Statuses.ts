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

/** More of one device tell nothing more. */
const mostOfDevice = 20_000

const columns = "device, time, uptime, tries, awake_ms AS awake, radio_ms AS radio, woken_by AS wokenBy,"
  + " last_error AS lastError, next_connection AS nextConnection, battery AS percent"

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

/** Of each device by its id, in the order of time; only the last ones of very many. */
export const byDevice = (db: Database.Database): ReadonlyMap<string, ReadonlyArray<Seen>> => {
  const devices = db.prepare("SELECT DISTINCT device FROM statuses ORDER BY device").raw().all() as ReadonlyArray<
    readonly [string]
  >
  const of = db.prepare(`SELECT ${columns} FROM statuses WHERE device = ? ORDER BY time DESC LIMIT ${mostOfDevice}`)
  return new Map(devices.map(([device]) => [device, (of.all(device) as ReadonlyArray<Row>).map(seenOf).toReversed()]))
}
