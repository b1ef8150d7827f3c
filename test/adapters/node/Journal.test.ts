import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { appendFileSync, chmodSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs"
import * as path from "node:path"
import { describe, expect, it } from "vitest"
import * as NodeJournal from "../../../src/adapters/node/Journal.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { Journal } from "../../../src/ports/Journal.ts"
import { journalSuite } from "../../ports/JournalSuite.ts"
import { temporary } from "../../support/directory.ts"

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

const open = (directory: string): Effect.Effect<Journal["Service"]> =>
  Effect.scoped(Effect.map(Layer.build(Layer.fresh(NodeJournal.layer(directory))), Context.get(Journal)))

journalSuite("node", { run, place: Effect.map(temporary, open) })

const record = (number: number): Bytes.Bytes => Bytes.fromText(("reading " + number).padEnd(80, "."))

const texts = (journal: Journal["Service"], from = 1): ReadonlyArray<string> =>
  Result.getOrThrow(journal.read(from, Infinity)).records.map((one) => Bytes.toText(one).replace(/\.+$/, ""))

describe("a journal in a directory", () => {
  const filled = (count: number) =>
    Effect.gen(function*() {
      const directory = yield* temporary
      const journal = yield* open(directory)
      for (let number = 1; number <= count; number++) Result.getOrThrow(journal.append(record(number), 1, 1_000_000))
      const files = readdirSync(directory).sort().map((name) => path.join(directory, name))
      return { directory, journal, files }
    })

  it("deletes files that are done with, whole", () =>
    run(Effect.gen(function*() {
      const { directory, files, journal } = yield* filled(600)
      expect(files.length).toBeGreaterThan(3)
      Result.getOrThrow(journal.append(record(601), 590, 1_000_000))
      expect(readdirSync(directory)).toHaveLength(1)
      expect(texts(journal, 600)).toEqual(["reading 600", "reading 601"])
    })))

  it("loses nothing but the record that was torn, wherever, and goes on behind it", () =>
    run(Effect.gen(function*() {
      const { files, journal } = yield* filled(3)
      const [file = ""] = files
      const whole = readFileSync(file)
      for (let size = Math.floor(whole.length * 2 / 3) + 1; size < whole.length; size++) {
        writeFileSync(file, whole)
        truncateSync(file, size)
        Result.getOrThrow(journal.append(record(9), 1, 1_000_000))
        const found = texts(journal)
        expect(found.filter((one) => one !== "reading 3"), "cut at " + size).toEqual([
          "reading 1",
          "reading 2",
          "reading 9"
        ])
      }
    })))

  it("loses nothing but the record that has rotted", () =>
    run(Effect.gen(function*() {
      const { files, journal } = yield* filled(3)
      const [file = ""] = files
      const whole = readFileSync(file)
      const third = whole.length / 3
      for (let at = Math.ceil(third); at < 2 * third; at++) {
        const rotten = Uint8Array.from(whole)
        rotten[at] = (rotten[at] as number) ^ 4
        writeFileSync(file, rotten)
        expect(texts(journal).filter((one) => one !== "reading 2"), "at " + at).toEqual(["reading 1", "reading 3"])
      }
    })))

  it("passes over what is no record", () =>
    run(Effect.gen(function*() {
      const { files, journal } = yield* filled(2)
      appendFileSync(files[0] ?? "", "\nnothing of ours\n\n")
      // Its place is counted, so that its loss can be told.
      expect(Result.getOrThrow(journal.append(record(3), 1, 1_000_000))).toBe(4)
      expect(texts(journal)).toEqual(["reading 1", "reading 2", "reading 3"])
    })))

  it.skipIf(process.getuid?.() === 0)("fails with the system's words", () =>
    run(Effect.gen(function*() {
      const { files, journal } = yield* filled(1)
      chmodSync(files[0] ?? "", 0o400)
      const failure = journal.append(record(2), 1, 1_000_000)
      expect(Result.isFailure(failure) && failure.failure.message).toMatch(/^journal: EACCES/)
    })))
})
