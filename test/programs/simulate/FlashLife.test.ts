/** How long the flash lasts, held to what a simulated board really erases. */
import { describe, expect, it } from "vitest"
import * as BoardJournal from "../../../src/adapters/simulation/world/BoardJournal.ts"
import * as Values from "../../../src/adapters/simulation/world/BoardValues.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as FlashLife from "../../../src/programs/simulate/life/FlashLife.ts"

describe("the life of the flash", () => {
  it.each([[200, 6_000], [900, 2_000]])("is what the log of snapshots of %i bytes erases", (size, count) => {
    const flash = Values.flashed()
    for (let n = 0; n < count; n++) Values.write(flash, "state", Bytes.fromText(String(n).padEnd(size)))
    const { state } = FlashLife.erasures({ ...FlashLife.none(), states: count, stateBytes: count * size })
    const most = Math.max(...flash.erasures)
    expect(most).toBeGreaterThan(5)
    expect(Math.abs(state - most)).toBeLessThanOrEqual(1.5)
  })

  it("is what the journal's ring erases", () => {
    const flash = Values.flashed()
    const size = 90
    const count = 30_000
    for (let n = 1; n <= count; n++) BoardJournal.append(flash, Bytes.fromText(String(n).padEnd(size)), n, Infinity)
    const { journal } = FlashLife.erasures({ ...FlashLife.none(), journalBytes: count * (size + 16) })
    expect(Math.abs(journal - Math.max(...flash.erasures))).toBeLessThanOrEqual(1.5)
  })

  it("is 48 years at one wake a minute, as the guide says", () => {
    expect(Math.round(FlashLife.years({ ...FlashLife.none(), states: 2 * 1_440, stateBytes: 2 * 1_440 * 220 }, 1)))
      .toBe(48)
  })

  it("is that of the page that is erased most often", () => {
    expect(FlashLife.years({ states: 1, stateBytes: 200, journalBytes: 327_680, sheets: 0 }, 1)).toBeCloseTo(273.8, 1)
    expect(FlashLife.years({ states: 1, stateBytes: 200, journalBytes: 1, sheets: 4 }, 1)).toBeCloseTo(136.9, 1)
    expect(FlashLife.words({ states: 1, stateBytes: 200, journalBytes: 1, sheets: 4 }, 1)).toEqual(["137",
      "years on a board with such days; erased most: what is thinned out"])
    expect(FlashLife.words(FlashLife.none(), 1)[0]).toBe("-")
    expect(FlashLife.words({ ...FlashLife.none(), states: 1 }, 1)[1]).toContain("and more")
  })
})
