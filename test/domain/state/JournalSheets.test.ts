/** Two sheets in flash on a simulated board: a power cut while one is filled leaves the other, and all that is beside it. */
import { describe, expect, it } from "vitest"
import * as Flash from "../../../src/adapters/simulation/world/BoardFlash.ts"
import * as BoardJournal from "../../../src/adapters/simulation/world/BoardJournal.ts"
import * as Storage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import { bytesOf, pages, put } from "../../../src/domain/state/JournalSheets.ts"
import type { Sheet } from "../../../src/domain/state/Journal.ts"
import { journalBytes } from "../../../src/domain/config/journalBytes.ts"

const text = (number: number): string => (number + ":").padEnd(60 + number % 50, "reading ")
const texts = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => text(from + index))

const fill = (flash: Flash.BoardFlash, sheet: Sheet, from: number, to: number): number => {
  const open = BoardJournal.openSheet(flash, sheet, bytesOf(journalBytes))
  for (let number = from; number <= to && put(open, Bytes.fromText(text(number))); number++);
  return open.count
}

const all = (flash: Flash.BoardFlash, sheet: Sheet): ReadonlyArray<string> =>
  BoardJournal.readSheet(flash, sheet, 1, Infinity).records.map(Bytes.toText)

describe("the sheets of a board", () => {
  it("have room for so many pages, and lie in a file beside the others, of which nothing is touched", () => {
    const flash = Values.flashed()
    for (let number = 1; number <= 100; number++) BoardJournal.append(flash, Bytes.fromText(text(number)), 1, Infinity)
    Values.write(flash, "state", Bytes.fromText("a state"))
    const count = fill(flash, 1, 1, 10_000)
    expect(count).toBeGreaterThan(pages * 35)
    expect(all(flash, 1)).toEqual(texts(1, count))
    expect(fill(flash, 0, 1, 10_000)).toBe(count)
    expect(all(flash, 1)).toEqual(texts(1, count))
    expect(BoardJournal.read(flash, 1, Infinity).records.map(Bytes.toText)).toEqual(texts(1, 100))
    expect(Bytes.toText(Values.read(flash, "state") as Bytes.Bytes)).toBe("a state")
    expect(Storage.files(flash).map(({ name }) => name)).toEqual([".bootcde", "state", "journal", "sheets"])
  })

  it("keep the other one whenever the power goes, and can then be filled", () => {
    const before = Values.flashed()
    fill(before, 0, 1, 90)
    fill(before, 1, 200, 320)
    const cuts = [...Array.from({ length: 200 }, (_, steps) => steps),
      ...Array.from({ length: 60 }, (_, i) => 150 + i * 90)]
    for (const steps of cuts) {
      const flash = { ...before, bytes: before.bytes.slice(), erasures: before.erasures.slice(), known: new Map() }
      flash.left = steps
      expect(() => fill(flash, 1, 500, 600)).toThrow(Flash.PowerFailed)
      flash.left = Infinity
      expect(all(flash, 0)).toEqual(texts(1, 90))
      fill(flash, 1, 500, 600)
      expect(all(flash, 1)).toEqual(texts(500, 600))
      expect(all(flash, 0)).toEqual(texts(1, 90))
    }
  })

  it("leave out a record in which a bit has turned over, and no other", () => {
    const flash = Values.flashed()
    fill(flash, 0, 1, 300)
    const file = Storage.find(flash, "sheets")?.at as number
    const at = file - Flash.start + 32 + 4_064 + 5_000
    flash.bytes[at] = (flash.bytes[at] as number) ^ 4
    const found = all(flash, 0)
    expect(found).toHaveLength(299)
    const [missing] = texts(1, 300).filter((one) => !found.includes(one)).map((one) => parseInt(one))
    expect(BoardJournal.readSheet(flash, 0, missing as number, 1)).toMatchObject({ next: (missing as number) + 2 })
  })
})
