/** A log in flash on a simulated board: whatever the power does, a value is the one before or the new one. */
import { describe, expect, it } from "vitest"
import * as Flash from "../../../src/adapters/simulation/world/BoardFlash.ts"
import * as Storage from "../../../src/adapters/simulation/world/BoardStorage.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import * as FlashLog from "../../../src/domain/state/FlashLog.ts"

/** Each another one, in size, too. */
const value = (number: number, size = 180 + number % 40): Uint8Array =>
  Uint8Array.from({ length: size }, (_, index) =>
    index === 0 ? number & 255 : index === 1 ? number >> 8 : (number * 31 + index) & 255)

/** Writes until the power fails after so many steps. True: it did not. */
const writeWithin = (flash: Flash.BoardFlash, name: string, next: Uint8Array, steps: number): boolean => {
  flash.left = steps
  try {
    Values.write(flash, name, next)
    return true
  } catch (thrown) {
    if (!(thrown instanceof Flash.PowerFailed)) throw thrown
    return false
  } finally {
    flash.left = Infinity
  }
}

const programOf = (flash: Flash.BoardFlash): string =>
  Buffer.from(Storage.read(flash, ".bootcde") as Uint8Array).toString("latin1")

const copyOf = (flash: Flash.BoardFlash): Flash.BoardFlash => ({
  ...flash,
  bytes: flash.bytes.slice(),
  erasures: flash.erasures.slice()
})

describe("a log in flash", () => {
  it("gives the last value through several rounds of its file, and nothing is ever compacted", () => {
    const flash = Values.flashed()
    let compacted = 0
    flash.onCompact = () => void compacted++
    for (let round = 0; round < 1_000; round++) {
      Values.write(flash, "state", value(round))
      expect(Values.read(flash, "state")).toEqual(value(round))
    }
    expect(compacted).toBe(0)
    expect(Storage.files(flash).map(({ name }) => name)).toEqual([".bootcde", "state", "journal"])
    // 32 pages of the log, twice and a bit; none of another file.
    const erased = [...flash.erasures].flatMap((count, page) => count > 0 ? [page] : [])
    const log = (Storage.find(flash, "state")?.at ?? 0) - Flash.start
    expect(erased[0]).toBeGreaterThan(log / FlashLog.pageBytes)
    expect(erased.at(-1)).toBeLessThanOrEqual(log / FlashLog.pageBytes + 32)
    expect(Math.max(...flash.erasures)).toBeLessThanOrEqual(5)
  })

  it("takes values of every size up to nearly a half, and refuses a larger one with the value before kept", () => {
    const flash = Values.flashed()
    for (const size of [0, 1, 5_000, 20_000, 0, 63_000, 3, 4_096]) {
      Values.write(flash, "state", value(size, size))
      expect(Values.read(flash, "state")).toEqual(value(size, size))
    }
    expect(() => Values.write(flash, "state", value(7, 70_000))).toThrow("too large")
    expect(Values.read(flash, "state")).toEqual(value(4_096, 4_096))
  })

  it("keeps the value before or has the new one, whenever the power fails in each of 80 writes", () => {
    const flash = Values.flashed()
    const program = programOf(flash)
    Values.write(flash, "config", value(0))
    const log = Storage.find(flash, "config") as Storage.File
    const region = flash.bytes.subarray(log.at - Flash.start, log.at - Flash.start + FlashLog.headerBytes + log.size)
    let cuts = 0
    for (let number = 1; number <= 80; number++) {
      const before = Uint8Array.from(Values.read(flash, "config") as Uint8Array)
      const next = value(number, number % 7 === 0 ? 1_500 : 190)
      const kept = region.slice()
      let isWritten = false
      for (let steps = 0; !isWritten; steps += steps < 40 ? 1 : 61) {
        region.set(kept)
        isWritten = writeWithin(flash, "config", next, steps)
        if (isWritten) break
        cuts++
        const found = Buffer.from(Values.read(flash, "config") ?? [])
        if (!found.equals(before) && !found.equals(next)) {
          expect.fail("write " + number + " cut after " + steps + " steps gives " + found.length + " other bytes")
        }
        // And it goes on from there.
        Values.write(flash, "config", value(number + 1_000))
        if (!Buffer.from(Values.read(flash, "config") ?? []).equals(value(number + 1_000))) {
          expect.fail("write " + number + " cut after " + steps + " steps: the next is lost")
        }
      }
      expect(Storage.isValid(flash)).toBe(true)
    }
    expect(programOf(flash)).toBe(program)
    expect(cuts).toBeGreaterThan(3_000)
  })

  it("survives one power cut after the other", () => {
    const flash = Values.flashed()
    let last: Uint8Array | undefined
    for (let number = 0; number < 3_000; number++) {
      const next = value(number)
      const isWritten = writeWithin(flash, "state", next, (number * 7_919) % 260)
      const found = Values.read(flash, "state")
      expect(isWritten ? [next] : [last, next]).toContainEqual(found)
      last = found
    }
  })

  it("never gives an older value for one of which a bit has changed, and never erases another file", () => {
    const flash = Values.flashed()
    for (let number = 0; number < 100; number++) Values.write(flash, "state", value(number))
    const file = Storage.find(flash, "state") as Storage.File
    const entry = FlashLog.locate(Storage.read(flash, "state") as Uint8Array)
    for (let bit = 0; bit < 8 * 12; bit++) {
      const rotten = copyOf(flash)
      const at = file.at + FlashLog.headerBytes + entry - 12 + (bit >> 3) - Flash.start
      rotten.bytes[at] = (rotten.bytes[at] as number) ^ (1 << (bit & 7))
      for (let number = 0; number < 99; number++) expect(Values.read(rotten, "state")).not.toEqual(value(number))
      for (let number = 200; number < 203; number++) {
        Values.write(rotten, "state", value(number))
        expect(Values.read(rotten, "state")).toEqual(value(number))
      }
      expect(programOf(rotten)).toBe(programOf(flash))
    }
  })
})
