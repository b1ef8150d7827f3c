/** What each sink takes for new, and that SQLite keeps it. */
import * as Effect from "effect/Effect"
import Database from "libsql"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"
import * as Output from "../../../src/programs/collect/sinks/Output.ts"
import * as Sqlite from "../../../src/programs/collect/sinks/Sqlite.ts"
import * as directory from "../../support/directory.ts"
import { entry, later, row, status, statusRow } from "./messages.ts"

const dated = { dated: "device", payload: `{"uptime":1000000,"time":"2026-11-29T22:00:00Z"}` } as const

/** Both sinks are asked the same: how many of the entries, one after the other, are new. */
const cases: ReadonlyArray<readonly [what: string, entries: ReadonlyArray<Entry>, stored: number]> = [
  ["one reading", [entry()], 1],
  ["the same again", [entry(), entry(later(60))], 1],
  ["the same three times", [entry(), entry(later(60)), entry(later(120))], 1],
  ["the same of another sensor", [entry(), entry({ topic: "garden/shed/data" })], 2],
  ["an uptime that comes again with another value", [entry(), entry({ payload: "{\"uptime\":1000000}" })], 2],
  ["the same with a time, years later", [entry(dated), entry({ ...dated, ...later(1e9) })], 1],
  ["two with a time, of two seconds", [entry(dated), entry({ ...dated, payload: dated.payload.replace("00Z", "01Z") })],
    2],
  ["the same from a device that started over", [
    entry({ uptime: 300, payload: "{\"uptime\":300}" }),
    entry({ uptime: 300, payload: "{\"uptime\":300}", ...later(86_400) })
  ], 2],
  ["the same, sent again by the Server a day later", [
    entry({ uptime: 300, payload: "{\"uptime\":300}" }),
    entry({ uptime: 300, payload: "{\"uptime\":300}", ...later(86_400) }, { dup: true })
  ], 1],
  ["a retained one, on each start", [
    entry({ uptime: 300, payload: "{\"uptime\":300}" }, { retain: true }),
    entry({ uptime: 300, payload: "{\"uptime\":300}", ...later(86_400) }, { retain: true })
  ], 1],
  ["DUP of one that never arrived", [entry({}, { dup: true })], 1]
]

describe("standard output", () => {
  it.each(cases)("%s", (_, entries, stored) => {
    const memory = Output.memory()
    const fresh = entries.filter((one) => {
      if (one._tag !== "Reading" || !Output.isNew(memory, one.row, one.dup, one.retain)) return false
      Output.remember(memory, one.row)
      return true
    })
    expect(fresh.length).toBe(stored)
  })

  it("remembers no more than the last rows", () => {
    const memory = Output.memory()
    for (let i = 0; i < 100_001; i++) Output.remember(memory, row({ payload: String(i) }))
    expect(memory.rows.size).toBe(100_000)
    expect(Output.isNew(memory, row({ payload: "0" }), false, false)).toBe(true)
    expect(Output.isNew(memory, row({ payload: "1" }), false, false)).toBe(false)
  })
})

const inFolder = <A, E>(body: (file: string) => Effect.Effect<A, E>) =>
  Effect.runPromise(Effect.scoped(Effect.flatMap(directory.temporary, (folder) => body(path.join(folder, "r.db")))))

/** Opens the file for as long as `entries` are committed, each by itself or all at once. */
const commit = (file: string, ...commits: ReadonlyArray<ReadonlyArray<Entry>>) =>
  Effect.scoped(Effect.gen(function*() {
    const sink = yield* Sqlite.open(file, "c")
    const counts = []
    for (const entries of commits) counts.push(yield* sink.commit(entries))
    return { counts, sink }
  }))

const query = <A>(file: string, sql: string): ReadonlyArray<A> => {
  const db = new Database(file)
  const found = db.prepare(sql).raw().all() as ReadonlyArray<A>
  db.close()
  return found
}

describe("SQLite", () => {
  it.each(cases)("%s, in one commit",
    (_, entries, stored) =>
      inFolder((file) =>
        Effect.map(commit(file, entries), ({ counts }) => {
          expect(counts).toEqual([{ stored, repeated: entries.length - stored }])
          expect(query(file, "SELECT count(*) FROM readings")).toEqual([[stored]])
        })
      ))

  it.each(cases)("%s, with a new process for each", (_, entries, stored) =>
    inFolder((file) =>
      Effect.gen(function*() {
        let sum = 0
        for (const one of entries) sum += (yield* commit(file, [one])).counts[0]?.stored ?? 0
        expect(sum).toBe(stored)
      })
    ))

  it("has a row as a user reads it", () =>
    inFolder((file) =>
      Effect.map(commit(file, [entry(dated)]), () => {
        const columns = "time, dated, topic, sensor, temperature, humidity, unit, uptime, arrived, payload"
        expect(query(file, `SELECT ${columns} FROM readings`)).toEqual([
          ["2026-11-29T22:00:00.000Z", "device", "garden/pond/data", "pond", 21.4, null, "C", 1_000_000,
            "2026-11-29T22:00:00.000Z", dated.payload]
        ])
      })
    ))

  it("has every quantity, in a table that can be asked for each of them", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const quantities = [["pressure", 1006.5], ["object_temperature", -3]] as const
        const other = entry({
          topic: "garden/bed/data",
          sensor: "bed",
          temperature: undefined,
          quantities: [["moisture", 41]]
        })
        // The second time it is a repetition, and has no values of its own.
        yield* commit(file, [entry({ quantities }), other, entry({ quantities })])
        expect(query(file, "SELECT sensor, quantity, value FROM quantities ORDER BY reading, quantity")).toEqual([
          ["pond", "object_temperature", -3],
          ["pond", "pressure", 1006.5],
          ["pond", "temperature", 21.4],
          ["bed", "moisture", 41]
        ])
        expect(query(file, "SELECT count(*) FROM reading_values")).toEqual([[3]])
      })
    ))

  it("has what devices say of themselves, each once", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const dated = { dated: "device", payload: "a" } as const
        yield* commit(file, [status(), status(later(60)), status(dated), status({ ...dated, ...later(1e9) })])
        // The copy that the Server keeps comes at each start.
        yield* commit(file, [status(later(1e7), { retain: true }), status(later(1e7), { dup: true })])
        expect(query(file, "SELECT count(*) FROM statuses")).toEqual([[2]])
        yield* commit(file, [status(later(1e7))])
        expect(query(file, "SELECT count(*) FROM statuses")).toEqual([[3]])
        const columns =
          "device, uptime, pending, evicted, tries, awake_ms, radio_ms, woken_by, program, config_version,"
          + "last_error, next_connection, battery, battery_volts, battery_low"
        expect(query(file, `SELECT time, topic, ${columns}, payload FROM statuses WHERE id = 1`)).toEqual([
          ["2026-11-29T22:00:00.000Z", "garden/status", "pond", 1_000_000, 0, 0, 1, 2140, 1893, "timer", "0.1.0", 7,
            null, 300, 71, 3.91, 0, statusRow().payload]
        ])
      })
    ))

  it("makes a file of the version before its own, with the quantities that were only in the payload", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const db = new Database(file)
        db.exec(readFileSync(new URL("../../fixtures/collect/form1.sql", import.meta.url), "utf8"))
        db.close()
        yield* commit(file, [entry({ topic: "new" })])
        expect(query(file, "PRAGMA user_version")).toEqual([[2]])
        expect(query(file, "SELECT topic, quantity, value FROM quantities ORDER BY reading, quantity")).toEqual([
          ["garden/pond/data", "humidity", 48.2],
          ["garden/pond/data", "temperature", 21.4],
          ["garden/bed/data", "moisture", 41],
          ["garden/bed/data", "pressure", 1006.5],
          ["new", "temperature", 21.4]
        ])
        // It is the same file from now on.
        yield* commit(file, [entry({ topic: "newer" })])
        expect(query(file, "SELECT count(*) FROM readings")).toEqual([[4]])
        expect(query(file, "SELECT uptime FROM moments")).toEqual([[7]])
      })
    ))

  it("is one whole file at its end", () =>
    inFolder((file) =>
      Effect.map(commit(file, [entry()]), () => {
        const copy = file + ".copy"
        writeFileSync(copy, readFileSync(file))
        expect(query(copy, "SELECT count(*) FROM readings")).toEqual([[1]])
      })
    ))

  it("remembers what a device has said, the last row, and when the Session began", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const moment = { prefix: "garden", device: "pond", uptime: 7, at: 1_796_000_000_000 }
        expect((yield* commit(file)).sink).toMatchObject({ from: undefined, moments: [] })
        yield* Effect.scoped(Effect.flatMap(Sqlite.open(file, "c"), ({ begin }) => begin(5)))
        expect((yield* commit(file)).sink.from).toBe(5)
        yield* commit(file, [status({}, { moment }), status({}, { moment: { ...moment, uptime: 9 } }), entry()])
        expect((yield* commit(file)).sink).toMatchObject({ from: row().earliest, moments: [{ ...moment, uptime: 9 }] })
      })
    ))

  it("keeps what was rejected, and no more than the last of it", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const rejected = (number: number): Entry => ({
          _tag: "Rejected",
          topic: "garden/pond/data",
          reason: "is not JSON",
          payload: Bytes.fromText("no " + number),
          arrived: 0
        })
        yield* commit(file, Array.from({ length: Sqlite.maximumRejected + 5 }, (_, number) => rejected(number)))
        const rows = query<readonly [string, Uint8Array]>(file, "SELECT reason, payload FROM rejected ORDER BY id")
        expect(rows.length).toBe(Sqlite.maximumRejected)
        expect(rows[0]?.[0]).toBe("is not JSON")
        expect(Buffer.from(rows[0]?.[1] ?? []).toString()).toBe("no 5")
      })
    ))

  it("puts nothing there when a commit fails", () =>
    inFolder((file) =>
      Effect.gen(function*() {
        const broken = entry({ topic: null as unknown as string })
        const error = yield* Effect.flip(commit(file, [entry(), broken]))
        expect(error.message).toContain("--out " + file)
        // The whole commit was taken back, and the next one works.
        expect(query(file, "SELECT count(*) FROM readings")).toEqual([[0]])
        expect((yield* commit(file, [entry()])).counts).toEqual([{ stored: 1, repeated: 0 }])
      })
    ))

  const foreign: ReadonlyArray<readonly [what: string, make: (file: string) => void, message: string]> = [
    ["no database", (file) => writeFileSync(file, "time,dated\n".repeat(500)),
      "it is no SQLite database: give another name with --out"],
    ["a database of another program", (file) => {
      const db = new Database(file)
      db.exec("CREATE TABLE readings (id INTEGER)")
      db.close()
    }, "is a database of another program: give another name with --out"],
    ["a file of a later version", (file) => {
      Effect.runSync(Effect.scoped(Sqlite.open(file, "c")))
      const db = new Database(file)
      db.exec("PRAGMA user_version = 3; PRAGMA wal_checkpoint(TRUNCATE)")
      db.close()
    }, "was made by another version of Dormouse (form 3)"]
  ]
  it.each(foreign)("refuses %s, and changes nothing there",
    (_, make, message) =>
      inFolder((file) =>
        Effect.gen(function*() {
          make(file)
          const before = readFileSync(file)
          const error = yield* Effect.flip(commit(file))
          expect(error.message).toContain(message)
          expect(readFileSync(file).equals(before)).toBe(true)
          expect(existsSync(file)).toBe(true)
        })
      ))
})
