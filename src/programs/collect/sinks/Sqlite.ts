/**
 * Rows in a SQLite file. A commit is one transaction, on the disk before it is reported (WAL, synchronous FULL), so
 * whoever reads the file meanwhile waits for nobody.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import Database from "libsql"
import type { KnownMoment } from "../../../domain/collect/Dating.ts"
import { type Earlier, isRepetition } from "../../../domain/collect/Repetition.ts"
import type { Row, StatusRow } from "../../../domain/collect/Row.ts"
import type { Entry, Rejected } from "./Entry.ts"
import { type Counts, type Sink, SinkError } from "./Sink.ts"
import * as tables from "./tables.ts"

/** Messages that were refused are kept for the user to look at; of more, the oldest are removed. */
export const maximumRejected = 1_000

const isoText = (millis: number): string => new Date(millis).toISOString()

/** The columns of `statuses` behind those that tell when and where. */
const statusColumns = [
  ["device", "device"],
  ["uptime", "uptime"],
  ["pending", "pending"],
  ["evicted", "evicted"],
  ["tries", "tries"],
  ["awake_ms", "awakeMillis"],
  ["radio_ms", "radioMillis"],
  ["woken_by", "wokenBy"],
  ["program", "program"],
  ["config_version", "configVersion"],
  ["last_error", "lastError"],
  ["next_connection", "nextConnection"],
  ["battery", "batteryPercent"],
  ["battery_volts", "batteryVolts"],
  ["battery_low", "isBatteryLow"]
] as const satisfies ReadonlyArray<readonly [column: string, key: keyof StatusRow]>

const insertInto = (table: string, columns: ReadonlyArray<string>): string =>
  `INSERT INTO ${table} (${columns.join(", ")}) VALUES (${columns.map(() => "?").join(", ")}) ON CONFLICT DO NOTHING`

/** The last row without a time of the device's that has the same topic, uptime and payload. */
const earlierIn = (table: string): string =>
  `SELECT earliest, (SELECT max(id) FROM ${table}) - id AS since FROM ${table}`
  + " WHERE topic = ? AND uptime = ? AND dated <> 'device' AND payload = ? ORDER BY id DESC LIMIT 1"

const statements = (db: Database.Database) => ({
  insert: db.prepare(
    insertInto("readings", ["time", "dated", "topic", "sensor", "temperature", "humidity", "unit", "uptime", "arrived",
      "earliest", "payload"])
  ),
  insertValue: db.prepare("INSERT INTO reading_values (reading, quantity, value) VALUES (?, ?, ?)"),
  insertStatus: db.prepare(
    insertInto("statuses", ["time", "dated", "topic", ...statusColumns.map(([column]) => column), "arrived", "earliest",
      "payload"])
  ),
  earlier: db.prepare(earlierIn("readings")),
  earlierStatus: db.prepare(earlierIn("statuses")),
  moment: db.prepare("INSERT OR REPLACE INTO moments (prefix, device, uptime, at) VALUES (?, ?, ?, ?)"),
  reject: db.prepare("INSERT INTO rejected (arrived, topic, reason, payload) VALUES (?, ?, ?, ?)"),
  tidy: db.prepare("DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - " + maximumRejected)
})

type Statements = ReturnType<typeof statements>

type Arriving = Extract<Entry, { readonly _tag: "Reading" | "Status" }>

/** Whether a row without a time of the device's is there already. */
const isThere = (earlier: Database.Statement, { dup, retain, row }: Arriving): boolean => {
  if (row.dated === "device") return false
  const found = earlier.get(row.topic, row.uptime, row.payload) as Earlier | undefined
  return found !== undefined && isRepetition({ ...row, dup, retain }, found)
}

/** False: it is there already. */
const store = (to: Statements, entry: Extract<Entry, { readonly _tag: "Reading" }>): boolean => {
  if (isThere(to.earlier, entry)) return false
  const { dated, humidity, payload, quantities, sensor, temperature, topic, unit, uptime }: Row = entry.row
  const arrived = isoText(entry.row.arrived)
  const { changes, lastInsertRowid } = to.insert.run(isoText(entry.row.time), dated, topic, sensor, temperature ?? null,
    humidity ?? null, unit ?? null, uptime, arrived, entry.row.earliest, payload)
  if (changes === 0) return false
  for (const [name, value] of quantities) to.insertValue.run(lastInsertRowid, name, value)
  return true
}

/** SQLite has no truth values. */
const columnOf = (value: number | string | boolean | undefined): number | string | null =>
  typeof value === "boolean" ? Number(value) : value ?? null

const storeStatus = (to: Statements, entry: Extract<Entry, { readonly _tag: "Status" }>): void => {
  const { moment, row } = entry
  if (moment !== undefined) to.moment.run(moment.prefix, moment.device, moment.uptime, moment.at)
  if (isThere(to.earlierStatus, entry)) return
  const said = statusColumns.map(([, key]) => columnOf(row[key]))
  to.insertStatus.run(isoText(row.time), row.dated, row.topic, ...said, isoText(row.arrived), row.earliest, row.payload)
}

const reject = (to: Statements, { arrived, payload, reason, topic }: Rejected): void => {
  to.reject.run(isoText(arrived), topic, reason, Buffer.from(payload))
  to.tidy.run()
}

const put = (to: Statements, entries: ReadonlyArray<Entry>): Counts => {
  let [stored, repeated] = [0, 0]
  for (const entry of entries) {
    if (entry._tag === "Rejected") reject(to, entry)
    else if (entry._tag === "Status") storeStatus(to, entry)
    else if (store(to, entry)) stored++
    else repeated++
  }
  return { stored, repeated }
}

const inTransaction = <A>(db: Database.Database, work: () => A): A => {
  db.exec("BEGIN IMMEDIATE")
  try {
    const result = work()
    db.exec("COMMIT")
    return result
  } catch (fault) {
    if (db.inTransaction) db.exec("ROLLBACK")
    throw fault
  }
}

const pragma = (db: Database.Database, name: string): unknown =>
  (db.prepare("PRAGMA " + name).raw().get() as ReadonlyArray<unknown> | undefined)?.[0]

/** Makes the tables in a new file. Throws for a file of another program, or of a later version. */
const prepare = (db: Database.Database, file: string): void => {
  db.exec("PRAGMA busy_timeout = 5000")
  if (db.prepare("SELECT 1 FROM sqlite_master").get() === undefined) {
    db.exec("PRAGMA journal_mode = WAL")
    inTransaction(db, () => tables.create(db))
  }
  if (pragma(db, "application_id") !== tables.applicationId) {
    throw new Error(file + " is a database of another program: give another name with --out")
  }
  // Another collector may be doing the same.
  const isOld = () => pragma(db, "user_version") === 1
  if (isOld()) inTransaction(db, () => isOld() && tables.migrate(db))
  const found = pragma(db, "user_version")
  if (found !== tables.form) {
    throw new Error(`${file} was made by another version of Dormouse (form ${String(found)})`)
  }
  // A commit that is reported has survived a power cut.
  db.exec("PRAGMA synchronous = FULL")
}

const words = (fault: unknown): string => {
  const { message } = fault as Error
  return message === "file is not a database" ? "it is no SQLite database: give another name with --out"
    : message.includes("Unable to open") ? "it cannot be opened: give a file in a directory where this user may write"
    : message
}

const attempt = <A>(file: string, run: () => A): Effect.Effect<A, SinkError> =>
  Effect.try({ try: run, catch: (fault) => new SinkError({ message: `--out ${file}: ${words(fault)}` }) })

interface Moment {
  readonly at: number | null
}

/** The later one of the two: before a Session began nothing was kept for it. */
const fromOf = (db: Database.Database, clientId: string): number | undefined => {
  const last = db.prepare("SELECT max(earliest) AS at FROM (SELECT earliest FROM readings ORDER BY id DESC LIMIT 100)")
    .get() as Moment
  const session = db.prepare("SELECT began AS at FROM sessions WHERE client_id = ?").get(clientId) as Moment | undefined
  const moments = [last.at, session?.at ?? null].filter((at) => at !== null)
  return moments.length === 0 ? undefined : Math.max(...moments)
}

const sink = (db: Database.Database, file: string, clientId: string): Sink => {
  const to = statements(db)
  return {
    name: file,
    from: fromOf(db, clientId),
    begin: (now) =>
      attempt(file, () => {
        db.prepare("INSERT OR REPLACE INTO sessions (client_id, began) VALUES (?, ?)").run(clientId, now)
      }),
    moments: db.prepare("SELECT prefix, device, uptime, at FROM moments ORDER BY at DESC LIMIT 10000")
      .all() as ReadonlyArray<KnownMoment>,
    commit: (entries) => attempt(file, () => inTransaction(db, () => put(to, entries)))
  }
}

/** Puts everything into the one file, so that a copy of it is whole. What cannot be is still beside it. */
const close = (db: Database.Database): Effect.Effect<void> =>
  Effect.sync(() => {
    try {
      if (pragma(db, "application_id") === tables.applicationId) db.exec("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch {
      // The rows are safe in the file beside it, and the next program that opens the file finds them there.
    }
    db.close()
  })

/** Opens the file, a new one if there is none, for the Session of this Client. Fails if it is not one of ours, or cannot be written. */
export const open = (file: string, clientId: string): Effect.Effect<Sink, SinkError, Scope.Scope> =>
  Effect.gen(function*() {
    const db = yield* Effect.acquireRelease(
      attempt(file, () => new Database(file)),
      close
    )
    return yield* attempt(file, () => {
      prepare(db, file)
      return sink(db, file, clientId)
    })
  })
