/**
 * The tables of the SQLite file, and how those of an earlier version become these.
 *
 * `readings` has temperature and humidity as columns, because most devices have nothing else; every other quantity is a
 * row of `reading_values`. The view `quantities` has all of them in one form.
 */
import * as Result from "effect/Result"
import type Database from "libsql"
import * as documents from "../../../domain/collect/documents.ts"

/** "Dorm", in the header of the file (PRAGMA application_id), and the form of the tables. */
export const applicationId = 0x446f726d
export const form = 2

const readings = `
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
`

/** What form 2 has more than form 1. */
const values = `
CREATE TABLE reading_values (
  reading INTEGER NOT NULL REFERENCES readings (id) ON DELETE CASCADE,
  quantity TEXT NOT NULL,
  value REAL NOT NULL,
  PRIMARY KEY (reading, quantity)
) WITHOUT ROWID;
CREATE VIEW quantities AS
  SELECT id AS reading, time, dated, topic, sensor, 'temperature' AS quantity, temperature AS value, uptime
    FROM readings WHERE temperature IS NOT NULL
  UNION ALL
  SELECT id, time, dated, topic, sensor, 'humidity', humidity, uptime FROM readings WHERE humidity IS NOT NULL
  UNION ALL
  SELECT id, time, dated, topic, sensor, quantity, value, uptime FROM reading_values JOIN readings ON id = reading;
CREATE TABLE statuses (
  id INTEGER PRIMARY KEY,
  time TEXT NOT NULL,
  dated TEXT NOT NULL,
  topic TEXT NOT NULL,
  device TEXT NOT NULL,
  uptime REAL NOT NULL,
  pending INTEGER,
  evicted INTEGER,
  tries INTEGER,
  awake_ms REAL,
  radio_ms REAL,
  woken_by TEXT,
  program TEXT,
  config_version INTEGER,
  last_error TEXT,
  next_connection REAL,
  battery REAL,
  battery_volts REAL,
  battery_low INTEGER,
  arrived TEXT NOT NULL,
  earliest INTEGER NOT NULL,
  payload TEXT NOT NULL
);
CREATE UNIQUE INDEX statuses_dated ON statuses (topic, time, payload) WHERE dated = 'device';
CREATE INDEX statuses_undated ON statuses (topic, uptime) WHERE dated <> 'device';
`

const headed = `
PRAGMA application_id = ${applicationId};
PRAGMA user_version = ${form};
`

/** Makes the tables in a new file. */
export const create = (db: Database.Database): void => {
  db.exec(readings + values + headed)
}

interface Stored {
  readonly id: number
  readonly payload: string
}

/** Readings that are looked at together. */
const batch = 10_000

/** Other quantities were only in the payload until now: they become rows. */
const fillValues = (db: Database.Database): void => {
  const next = db.prepare("SELECT id, payload FROM readings WHERE id > ? ORDER BY id LIMIT " + batch)
  const insert = db.prepare("INSERT INTO reading_values (reading, quantity, value) VALUES (?, ?, ?)")
  let last = -1
  for (let rows = next.all(last) as ReadonlyArray<Stored>; rows.length > 0;) {
    for (const { id, payload } of rows) {
      last = id
      const reading = documents.reading(payload)
      if (Result.isFailure(reading)) continue
      for (const [name, value] of reading.success.quantities) insert.run(id, name, value)
    }
    rows = next.all(last) as ReadonlyArray<Stored>
  }
}

/** Makes the tables of form 1 those of this version, in the transaction of the caller. */
export const migrate = (db: Database.Database): void => {
  db.exec(values + headed)
  fillValues(db)
}
