/** A journal in flash on a simulated board: whatever the power and the bits do, no record is lost but the one they hit. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Flash from "../../../src/adapters/simulation/world/BoardFlash.ts"
import * as BoardJournal from "../../../src/adapters/simulation/world/BoardJournal.ts"
import * as Storage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as JournalLine from "../../../src/domain/state/JournalLine.ts"

const text = (number: number, size = 60 + number % 50): string => (number + ":").padEnd(size, "reading ")
const record = (number: number, size?: number): Bytes.Bytes => Bytes.fromText(text(number, size))

const all = (flash: Flash.BoardFlash, from = 1): ReadonlyArray<string> =>
  BoardJournal.read(flash, from, Infinity).records.map(Bytes.toText)

const append = (flash: Flash.BoardFlash, number: number, keep = 1, bytes = Infinity): number =>
  BoardJournal.append(flash, record(number), keep, bytes)

/** Appends until the power fails after so many steps. True: it did not. */
const appendWithin = (flash: Flash.BoardFlash, number: number, keep: number, steps: number): boolean => {
  flash.left = steps
  try {
    append(flash, number, keep)
    return true
  } catch (thrown) {
    if (!(thrown instanceof Flash.PowerFailed)) throw thrown
    return false
  } finally {
    flash.left = Infinity
  }
}

const copyOf = (flash: Flash.BoardFlash): Flash.BoardFlash => ({
  ...flash,
  bytes: flash.bytes.slice(),
  erasures: flash.erasures.slice()
})

const journalAt = (flash: Flash.BoardFlash): number =>
  (Storage.find(flash, BoardJournal.name)?.at ?? 0) - Flash.start + 32

describe("a line", () => {
  it("is a record between line feeds, with its sum and its position", () => {
    const line = JournalLine.encode(12, Bytes.fromText("a b"))
    expect(Bytes.toText(line)).toMatch(/^\n[0-9a-f]{8}12 a b\n\n$/)
    expect(JournalLine.next(line, 0, line.length)).toEqual({
      position: 12,
      record: Bytes.fromText("a b"),
      end: line.length - 2
    })
  })

  it("of which any bit has turned over costs its own record and no other", () => {
    const lines = Bytes.concat([7, 8, 9].map((position) => JournalLine.encode(position, record(position, 20))))
    const size = lines.length / 3
    for (let bit = size * 8; bit < 2 * size * 8; bit++) {
      const rotten = Uint8Array.from(lines)
      rotten[bit >> 3] = (rotten[bit >> 3] as number) ^ (1 << (bit & 7))
      const found: Array<number> = []
      const { length } = rotten
      for (let one = JournalLine.next(rotten, 0, length); one; one = JournalLine.next(rotten, one.end, length)) {
        found.push(one.position)
      }
      expect(found.filter((position) => position !== 8), "bit " + bit).toEqual([7, 9])
    }
  })
})

describe("a journal in flash", () => {
  it("gives back what was appended, in pieces, from any position", () => {
    const flash = Values.flashed()
    expect(BoardJournal.end(flash)).toBe(1)
    expect(all(flash)).toEqual([])
    for (let number = 1; number <= 300; number++) expect(append(flash, number)).toBe(number)
    expect(BoardJournal.end(flash)).toBe(301)
    expect(all(flash)).toEqual(Array.from({ length: 300 }, (_, index) => text(index + 1)))
    const part = BoardJournal.read(flash, 95, 10)
    expect(part.records.map(Bytes.toText)).toEqual(Array.from({ length: 10 }, (_, index) => text(index + 95)))
    expect(part.next).toBe(105)
    expect(BoardJournal.read(flash, 299, 10)).toMatchObject({ records: [record(299), record(300)], next: 301 })
    expect(BoardJournal.read(flash, 301, 10)).toEqual({ records: [], next: 301 })
  })

  it("writes the record and little more, never erases what is needed, and goes round for ever", () => {
    const flash = Values.flashed()
    let compacted = 0
    flash.onCompact = () => void compacted++
    for (let number = 1; number <= 10_000; number++) {
      const before = flash.written
      expect(append(flash, number, Math.max(1, number - 500))).toBe(number)
      // The first page of an erasure gets eight zeros more.
      expect(flash.written - before).toBeLessThan(text(number).length + 17 + 8)
    }
    expect(all(flash, 9_500)).toEqual(Array.from({ length: 501 }, (_, index) => text(index + 9_500)))
    expect(compacted).toBe(0)
    expect(Math.max(...flash.erasures)).toBeLessThan(10)
    expect(Storage.files(flash).map(({ name }) => name)).toEqual([".bootcde", "state", "journal"])
  })

  it("reads a record at the end of a page that has only its line feeds to come, also when the next page is begun", () => {
    const flash = Values.flashed()
    const size = 4_096 - JournalLine.encode(1, Bytes.empty).length - JournalLine.encode(2, Bytes.empty).length - 2_000
    BoardJournal.append(flash, record(1, 2_000), 1, Infinity)
    flash.left = JournalLine.encode(2, record(2, size)).length - 2
    expect(() => BoardJournal.append(flash, record(2, size), 1, Infinity)).toThrow(Flash.PowerFailed)
    flash.left = Infinity
    flash.known.clear()
    for (const number of [3, 4]) {
      expect(all(flash)).toHaveLength(number - 1)
      BoardJournal.append(flash, record(number, 100), 1, Infinity)
    }
    expect(all(flash)).toHaveLength(4)
  })

  it("says up to where all must be done with when it is full, and has changed nothing", () => {
    const flash = Values.flashed()
    let number = 1
    while (append(flash, number) > 0) number++
    expect(number).toBeGreaterThan(2_500)
    const before = flash.bytes.slice()
    const upTo = -append(flash, number)
    expect(flash.bytes).toEqual(before)
    expect(upTo).toBeGreaterThan(20)
    expect(upTo).toBeLessThan(60)
    expect(append(flash, number, upTo - 1)).toBe(-upTo)
    expect(append(flash, number, upTo)).toBe(number)
    expect(all(flash, upTo)).toHaveLength(number + 1 - upTo)
  })

  it("keeps to so many bytes", () => {
    const flash = Values.flashed()
    let number = 1
    while (append(flash, number, 1, 20_000) > 0) number++
    expect(number).toBeGreaterThan(150)
    expect(number).toBeLessThan(250)
    const upTo = -append(flash, number, 1, 20_000)
    expect(append(flash, number, upTo, 20_000)).toBe(number)
  })

  it("starts over where everything is done with, and goes on counting", () => {
    const flash = Values.flashed()
    for (let number = 1; number <= 50; number++) append(flash, number)
    expect(append(flash, 51, 0)).toBe(51)
    expect(append(flash, 52, 90)).toBe(90)
    expect(BoardJournal.end(flash)).toBe(91)
  })

  it("loses nothing but the record that the power cuts, at each byte and in the middle of an erasure", () => {
    const full = Values.flashed()
    let number = 1
    while (append(full, number) > 0) number++
    const upTo = -append(full, number)
    for (const [flash, next, keep] of [[Values.flashed(), 1, 1], [full, number, upTo]] as const) {
      for (let steps = 0;; steps++) {
        const cut = copyOf(flash)
        cut.known.clear()
        const isWhole = appendWithin(cut, next, keep, steps)
        const kept = all(cut, keep)
        expect(kept.slice(0, next - keep)).toEqual(all(flash, keep))
        expect(kept.length).toBeLessThanOrEqual(next - keep + 1)
        // A position for each record that is there, and none for what was torn.
        expect(append(cut, next + 1, keep)).toBe(next + kept.length - (next - keep))
        expect(all(cut, keep).at(-1)).toBe(text(next + 1))
        expect(all(cut, keep).length).toBeGreaterThanOrEqual(next - keep + 1)
        if (isWhole) break
      }
    }
  })

  it("loses nothing but the record in which a bit turns over, and takes new ones behind it", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3 * 4_096 * 8 - 1 }), fc.integer({ min: 1, max: 120 }), (bit, count) => {
        const flash = Values.flashed()
        for (let number = 1; number <= count; number++) append(flash, number)
        const at = journalAt(flash) + 4_064 + (bit >> 3)
        flash.bytes[at] = (flash.bytes[at] as number) ^ (1 << (bit & 7))
        expect(append(flash, 1_000)).toBeGreaterThanOrEqual(count)
        const kept = all(flash)
        expect(kept.at(-1)).toBe(text(1_000))
        expect(kept.length).toBeGreaterThanOrEqual(count)
        const numbers = kept.map((one) => parseInt(one))
        expect(numbers).toEqual([...numbers].sort((a, b) => a - b))
      }),
      { numRuns: 300 }
    )
  })

  it("holds what a model holds, through appends of every size, reads, cuts, and what is done with", () => {
    const action = fc.record({
      size: fc.integer({ min: 12, max: 400 }),
      steps: fc.oneof({ weight: 3, arbitrary: fc.constant(Infinity) }, fc.integer({ min: 0, max: 420 })),
      done: fc.integer({ min: 0, max: 6 })
    })
    fc.assert(
      fc.property(fc.array(action, { minLength: 1, maxLength: 150, size: "max" }), fc.nat(20), (actions, already) => {
        const flash = Values.flashed()
        const bytes = 3 * 4_096
        const held: Array<{ readonly position: number; readonly record: string }> = []
        let keep = BoardJournal.end(flash)
        let number = already
        for (const { done, size, steps } of actions) {
          for (let i = 0; i < done && held.length > 0; i++) keep = (held.shift() as { position: number }).position + 1
          const name = text(number++, size)
          flash.left = steps
          let position = 0
          try {
            position = BoardJournal.append(flash, Bytes.fromText(name), keep, bytes)
            if (position > 0) held.push({ position, record: name })
          } catch (thrown) {
            if (!(thrown instanceof Flash.PowerFailed)) throw thrown
          }
          flash.left = Infinity
          flash.known.clear()
          if (position < 0) {
            keep = -position
            while (held[0] !== undefined && held[0].position < keep) held.shift()
          }
          const found = all(flash, keep)
          // What the power has cut may be there or not.
          if (position === 0 && found.length > held.length) {
            held.push({ position: BoardJournal.end(flash) - 1, record: name })
          }
          expect(found).toEqual(held.map(({ record }) => record))
          expect(BoardJournal.end(flash)).toBeGreaterThan(held.at(-1)?.position ?? 0)
        }
      }),
      { numRuns: 200 }
    )
  })
})
