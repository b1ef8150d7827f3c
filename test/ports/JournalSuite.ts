/** What every adapter of the Journal port must keep to, one test for each thing a caller may rely on. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../src/domain/bytes/Bytes.ts"
import type { Journal, Sheet } from "../../src/domain/state/Journal.ts"

export interface JournalHarness {
  /** Runs a test to its end; moves the clock along when time is virtual. */
  readonly run: <A, E>(effect: Effect.Effect<A, E, Scope.Scope>) => Promise<A>
  /** A new place with nothing in it. What it gives opens that place, each time as after a restart. */
  readonly place: Effect.Effect<Effect.Effect<Journal>, never, Scope.Scope>
}

const text = (number: number): string => ("reading " + number).padEnd(60 + number % 40, ".")
const record = (number: number): Bytes.Bytes => Bytes.fromText(text(number))
const room = 100_000

const append = (journal: Journal, number: number, keep = 1, bytes = room): number =>
  Result.getOrThrow(journal.append(record(number), keep, bytes))

const read = (journal: Journal, from: number, most = Infinity): ReadonlyArray<string> =>
  Result.getOrThrow(journal.read(from, most)).records.map(Bytes.toText)

/** Fills a sheet with these, until one has no room. Gives how many the journal says they are. */
const fill = (journal: Journal, sheet: Sheet, from: number, to: number, bytes = room): number => {
  let taken = 0
  const { close, put } = Result.getOrThrow(journal.sheets.open(sheet, bytes))
  for (let number = from; number <= to && Result.getOrThrow(put(record(number))); number++) taken++
  const count = Result.getOrThrow(close())
  expect(count).toBe(taken)
  return count
}

const readSheet = (journal: Journal, sheet: Sheet, from: number, most = Infinity): ReadonlyArray<string> =>
  Result.getOrThrow(journal.sheets.read(sheet, from, most)).records.map(Bytes.toText)

const texts = (from: number, to: number): ReadonlyArray<string> =>
  Array.from({ length: to - from + 1 }, (_, index) => text(from + index))

export const journalSuite = (name: string, { place, run }: JournalHarness): void => {
  describe(`Journal on ${name}`, () => {
    it("begins at 1 with nothing in it", () =>
      run(Effect.gen(function*() {
        const journal = yield* yield* place
        expect(Result.getOrThrow(journal.end())).toBe(1)
        expect(Result.getOrThrow(journal.read(1, 10))).toEqual({ records: [], next: 1 })
      })))

    it("gives records back in their order, in pieces, also after a restart", () =>
      run(Effect.gen(function*() {
        const open = yield* place
        const journal = yield* open
        for (let number = 1; number <= 150; number++) expect(append(journal, number)).toBe(number)
        for (const each of [journal, yield* open]) {
          expect(read(each, 1)).toEqual(texts(1, 150))
          expect(read(each, 40, 20)).toEqual(texts(40, 59))
          expect(Result.getOrThrow(each.read(40, 20)).next).toBe(60)
          expect(read(each, 149, 5)).toEqual(texts(149, 150))
          expect(Result.getOrThrow(each.end())).toBe(151)
        }
      })))

    it("goes on counting, and keeps what is not done with", () =>
      run(Effect.gen(function*() {
        const open = yield* place
        let journal = yield* open
        for (let number = 1; number <= 3_000; number++) {
          if (number % 500 === 0) journal = yield* open
          expect(append(journal, number, Math.max(1, number - 200), 40_000)).toBe(number)
        }
        expect(read(journal, 2_800)).toEqual(texts(2_800, 3_000))
      })))

    it("says up to where all must be done with when there is no room, and then has room", () =>
      run(Effect.gen(function*() {
        const journal = yield* yield* place
        let number = 1
        while (append(journal, number, 1, 20_000) > 0) number++
        expect(number).toBeGreaterThan(100)
        expect(number).toBeLessThan(300)
        const upTo = -append(journal, number, 1, 20_000)
        expect(upTo).toBeGreaterThan(1)
        expect(upTo).toBeLessThanOrEqual(number)
        expect(read(journal, 1)).toEqual(texts(1, number - 1))
        expect(append(journal, number, upTo, 20_000)).toBe(number)
        expect(read(journal, upTo)).toEqual(texts(upTo, number))
      })))

    it("has two sheets, each filled at once, and beside what is appended", () =>
      run(Effect.gen(function*() {
        const open = yield* place
        const journal = yield* open
        for (let number = 1; number <= 40; number++) append(journal, number)
        expect(fill(journal, 0, 500, 699)).toBe(200)
        expect(fill(journal, 1, 700, 709)).toBe(10)
        for (const each of [journal, yield* open]) {
          expect(readSheet(each, 0, 1)).toEqual(texts(500, 699))
          expect(readSheet(each, 0, 150, 20)).toEqual(texts(649, 668))
          expect(Result.getOrThrow(each.sheets.read(0, 150, 20)).next).toBe(170)
          expect(readSheet(each, 1, 1)).toEqual(texts(700, 709))
          expect(read(each, 1)).toEqual(texts(1, 40))
        }
        expect(fill(journal, 0, 1, 3)).toBe(3)
        expect(readSheet(yield* open, 0, 1)).toEqual(texts(1, 3))
        expect(readSheet(yield* open, 1, 5)).toEqual(texts(704, 709))
      })))

    it("writes no more into a sheet than has room, and says what", () =>
      run(Effect.gen(function*() {
        const journal = yield* yield* place
        const count = fill(journal, 1, 1, 400, 12_288)
        expect(count).toBeGreaterThan(70)
        expect(count).toBeLessThan(190)
        expect(readSheet(journal, 1, 1)).toEqual(texts(1, count))
        expect(fill(journal, 1, 1, 0)).toBe(0)
        expect(readSheet(journal, 1, 1)).toEqual([])
      })))

    it("never gives a position twice, though all was done with", () =>
      run(Effect.gen(function*() {
        const journal = yield* yield* place
        for (let number = 1; number <= 5; number++) append(journal, number)
        expect(append(journal, 6, 6)).toBe(6)
        expect(append(journal, 90, 90)).toBe(90)
        expect(Result.getOrThrow(journal.end())).toBe(91)
      })))
  })
}
