import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { isRepetition, mostInFlight } from "../../../src/domain/collect/Repetition.ts"

const day = 86_400

describe("a reading without time that is there already, to the byte", () => {
  const rows: ReadonlyArray<
    readonly [what: string, uptime: number, secondsPassed: number, more: object, wanted: boolean]
  > = [
    ["a device that has run for a month sends it again after three days", 30 * day, 3 * day, {}, true],
    ["and after two months: another life has had the time to say it", 30 * day, 60 * day, {}, false],
    ["a device in its first minute sends it again at once", 0, 10, {}, true],
    ["a device that starts over says the same an hour later", 0, 3_600, {}, false],
    ["a device that starts over, at the very second at which it could", 3_600, 3_600, {}, false],
    ["a second earlier it could not", 3_600, 3_599, {}, true],
    ["the Server says that it has sent it before", 0, 3_600, { dup: true }, true],
    ["the Server says so, but it cannot have been in flight so long", 0, 3_600, { dup: true, since: mostInFlight },
      false],
    ["a retained copy, years later", 0, 1_000 * day, { retain: true }, true],
    ["this machine's clock was set back a little", 3_600, -30, {}, true],
    ["this machine's clock was set back by a day: nobody knows", 3_600, -day, {}, false]
  ]
  it.each(rows)("%s", (_, uptime, passed, more, wanted) => {
    const { since = 10, ...flags } = more as { since?: number; dup?: boolean; retain?: boolean }
    const arrived = 1_796_000_000_000
    expect(
      isRepetition({ uptime, arrived, dup: false, retain: false, ...flags }, {
        earliest: arrived - passed * 1_000,
        since
      })
    ).toBe(wanted)
  })

  it("is never dropped if a device that started over after it could have said it", () => {
    const seconds = fc.integer({ min: 31, max: 10 * 365 * day })
    fc.assert(fc.property(seconds, seconds, fc.integer({ min: 0, max: day }), (uptime, published, extra) => {
      // The old life's reading at `published`, the new life begins after it and needs `uptime` seconds.
      const arrived = (published + uptime + extra) * 1_000
      expect(isRepetition({ uptime, arrived, dup: false, retain: false }, { earliest: published * 1_000, since: 1 }))
        .toBe(false)
    }))
  })
})
