/**
 * Rows in a SQLite file. A commit is one transaction, on the disk before it is reported (WAL, synchronous FULL), so
 * whoever reads the file meanwhile waits for nobody.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import Database from "libsql"
import type { KnownMoment } from "../../../domain/collect/Dating.ts"
import { type Earlier, isRepetition } from "../../../domain/collect/Repetition.ts"
import type { Row } from "../../../domain/collect/Row.ts"
import type { Entry, Rejected } from "./Entry.ts"
import { type Counts, type Sink, SinkError } from "./Sink.ts"

/** "Dorm", in the header of the file (PRAGMA application_id), and the form of the tables. */
const applicationId = 0x446f726d
const form = 1

/** Messages that were refused are kept for the user to look at; of more, the oldest are removed. */
export const maximumRejected = 1_000

const schema = `
CREATE TABLE readings (
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  dated TEXT NOT NULL,
  topic TEXT NOT NULL,
  sensor TEXT NOT NULL,
  temperature REAL,
  humidity REAL,
  unit TEXT,
  uptime REAL NOT NULL,
  arrived TEXT NOT NULL,
  earliest INTEGER NOT NULL,
  payload TEXT NOT NULL
);
CREATE UNIQUE INDEX readings_dated ON readings (topic, time, payload) WHERE dated = 'device';
CREATE INDEX readings_undated ON readings (topic, uptime) WHERE dated <> 'device';
CREATE TABLE rejected (
  id INTEGER PRIMARY KEY,
  arrived TEXT NOT NULL,
  topic TEXT NOT NULL,
  reason TEXT NOT NULL,
  payload BLOB NOT NULL
);
CREATE TABLE moments (
  prefix TEXT NOT NULL,
  device TEXT NOT NULL,
  uptime REAL NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (prefix, device)
);
CREATE TABLE sessions (client_id TEXT PRIMARY KEY, began INTEGER NOT NULL);
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${form};
`

const isoText = (millis: number): string => new Date(millis).toISOString()

const statements = (db: Database.Database) => ({
  insert: db.prepare(
    "INSERT INTO readings (time, dated, topic, sensor, temperature, humidity, unit, uptime, arrived, earliest, payload)"
      + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
  ),
  earlier: db.prepare(
    "SELECT earliest, (SELECT max(id) FROM readings) - id AS since FROM readings"
      + " WHERE topic = ? AND uptime = ? AND dated <> 'device' AND payload = ? ORDER BY id DESC LIMIT 1"
  ),
  moment: db.prepare("INSERT OR REPLACE INTO moments (prefix, device, uptime, at) VALUES (?, ?, ?, ?)"),
  reject: db.prepare("INSERT INTO rejected (arrived, topic, reason, payload) VALUES (?, ?, ?, ?)"),
  tidy: db.prepare("DELETE FROM rejected WHERE id <= (SELECT max(id) FROM rejected) - " + maximumRejected)
})

type Statements = ReturnType<typeof statements>

/** False: it is there already. */
const store = (to: Statements, row: Row, dup: boolean, retain: boolean): boolean => {
  if (row.dated !== "device") {
    const earlier = to.earlier.get(row.topic, row.uptime, row.payload) as Earlier | undefined
    if (earlier !== undefined && isRepetition({ ...row, dup, retain }, earlier)) return false
  }
  const { dated, humidity, payload, sensor, temperature, topic, unit, uptime } = row
  const arrived = isoText(row.arrived)
  const { changes } = to.insert.run(isoText(row.time), dated, topic, sensor, temperature ?? null, humidity ?? null,
    unit ?? null, uptime, arrived, row.earliest, payload)
  return changes > 0
}

const reject = (to: Statements, { arrived, payload, reason, topic }: Rejected): void => {
  to.reject.run(isoText(arrived), topic, reason, Buffer.from(payload))
  to.tidy.run()
}

const put = (to: Statements, entries: ReadonlyArray<Entry>): Counts => {
  let [stored, repeated] = [0, 0]
  for (const entry of entries) {
    if (entry._tag === "Rejected") reject(to, entry)
    else if (entry._tag === "Moment") {
      const { at, device, prefix, uptime } = entry.moment
      to.moment.run(prefix, device, uptime, at)
    } else if (store(to, entry.row, entry.dup, entry.retain)) stored++
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

/** Makes the tables in a new file. Throws for a file of another program, or of another version. */
const prepare = (db: Database.Database, file: string): void => {
  db.exec("PRAGMA busy_timeout = 5000")
  if (db.prepare("SELECT 1 FROM sqlite_master").get() === undefined) {
    db.exec("PRAGMA journal_mode = WAL")
    inTransaction(db, () => db.exec(schema))
  }
  if (pragma(db, "application_id") !== applicationId) {
    throw new Error(file + " is a database of another program: give another name with --out")
  }
  const found = pragma(db, "user_version")
  if (found !== form) throw new Error(`${file} was made by another version of Dormouse (form ${String(found)})`)
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
      if (pragma(db, "application_id") === applicationId) db.exec("PRAGMA wal_checkpoint(TRUNCATE)")
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
