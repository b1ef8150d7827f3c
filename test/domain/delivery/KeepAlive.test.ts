import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as KeepAlive from "../../../src/domain/delivery/KeepAlive.ts"

const reply = 10_000

describe("Keep Alive of 60 s", () => {
  const start = KeepAlive.make(60, reply, 1_000)

  it("asks for PINGREQ after three quarters of it, counted from the last packet sent", () => {
    expect(KeepAlive.due(start, 45_999)).toBe("wait")
    expect(KeepAlive.due(start, 46_000)).toBe("ping")
    const later = KeepAlive.sent(start, 40_000)
    expect(KeepAlive.due(later, 84_999)).toBe("wait")
    expect(KeepAlive.due(later, 85_000)).toBe("ping")
  })

  it("does not take what the Server sends for something that we sent", () => {
    expect(KeepAlive.due(KeepAlive.received(start), 46_000)).toBe("ping")
  })

  it("counts the Server as dead when PINGREQ is not answered in time, and not before", () => {
    const pinged = KeepAlive.pinged(start, 46_000)
    expect(KeepAlive.due(pinged, 46_000)).toBe("wait")
    expect(KeepAlive.due(pinged, 55_999)).toBe("wait")
    expect(KeepAlive.due(pinged, 56_000)).toBe("dead")
  })

  it("does not let our own packets put off that end, nor a second PINGREQ", () => {
    const pinged = KeepAlive.pinged(start, 46_000)
    expect(KeepAlive.due(KeepAlive.sent(pinged, 55_000), 56_000)).toBe("dead")
    expect(KeepAlive.due(KeepAlive.pinged(pinged, 55_000), 56_000)).toBe("dead")
  })

  it("asks for another PINGREQ when the interval is over, however long an answer may take", () => {
    const patient = KeepAlive.pinged(KeepAlive.make(2, 30_000, 0), 1_500)
    expect(KeepAlive.due(patient, 2_999)).toBe("wait")
    expect(KeepAlive.remainingMillis(patient, 2_999)).toBe(1)
    expect(KeepAlive.due(patient, 3_000)).toBe("ping")
    const again = KeepAlive.pinged(patient, 3_000)
    expect(KeepAlive.remainingMillis(again, 3_000)).toBe(1_500)
    expect(KeepAlive.due(again, 31_500)).toBe("dead")
  })

  it("takes anything at all from the Server for a sign of life", () => {
    const alive = KeepAlive.received(KeepAlive.pinged(start, 46_000))
    expect(KeepAlive.due(alive, 60_000)).toBe("wait")
    expect(KeepAlive.remainingMillis(alive, 60_000)).toBe(31_000)
    expect(KeepAlive.due(alive, 91_000)).toBe("ping")
  })

  it("works from the first millisecond of a clock that starts at 0", () => {
    const pinged = KeepAlive.pinged(KeepAlive.make(60, reply, 0), 0)
    expect(KeepAlive.due(pinged, reply)).toBe("dead")
    expect(KeepAlive.due(KeepAlive.received(pinged), reply)).toBe("wait")
  })
})

describe("Keep Alive of 0", () => {
  it("never asks for anything", () => {
    const off = KeepAlive.make(0, reply, 1_000)
    for (const now of [0, 1_000, 1e15]) {
      expect(KeepAlive.due(off, now)).toBe("wait")
      expect(KeepAlive.remainingMillis(off, now)).toBe(Infinity)
    }
  })

  it("still notices that a PINGREQ, sent all the same, is not answered", () => {
    const pinged = KeepAlive.pinged(KeepAlive.make(0, reply, 0), 5_000)
    expect(KeepAlive.remainingMillis(pinged, 5_000)).toBe(reply)
    expect(KeepAlive.due(pinged, 15_000)).toBe("dead")
  })
})

describe("a clock that was set back", () => {
  it("brings one PINGREQ at once and then a wait as always", () => {
    const back = KeepAlive.make(60, reply, 1_000_000)
    expect(KeepAlive.due(back, 5)).toBe("ping")
    const pinged = KeepAlive.pinged(back, 5)
    expect(KeepAlive.due(pinged, 5)).toBe("wait")
    expect(KeepAlive.remainingMillis(pinged, 5)).toBe(reply)
    expect(KeepAlive.remainingMillis(KeepAlive.received(pinged), 5)).toBe(45_000)
  })

  it("ends a connection that waits for PINGRESP, rather than waiting until the old time comes again", () => {
    expect(KeepAlive.due(KeepAlive.pinged(KeepAlive.make(60, reply, 1_000_000), 1_000_000), 5)).toBe("dead")
  })
})

describe("whatever happens", () => {
  const act = fc.oneof(
    fc.record({ act: fc.constantFrom("sent", "received", "follow") }),
    fc.record({ act: fc.constant("pass"), millis: fc.integer({ min: 1, max: 60_000 }) }),
    fc.record({ act: fc.constant("jump"), to: fc.integer({ min: 0, max: 200_000 }) })
  )
  const story = fc.tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 20_000 }),
    fc.array(act as fc.Arbitrary<{ act: string; millis?: number; to?: number }>, { maxLength: 40 }))

  /** Calls `visit` with every state on the way. */
  const walk = (
    [keepAlive, replyMillis, acts]: readonly [
      number,
      number,
      ReadonlyArray<{ act: string; millis?: number; to?: number }>
    ],
    visit: (state: KeepAlive.KeepAlive, now: number) => void
  ) => {
    let now = 50_000
    let state = KeepAlive.make(keepAlive, replyMillis, now)
    visit(state, now)
    for (const each of acts) {
      if (each.act === "sent") state = KeepAlive.sent(state, now)
      if (each.act === "received") state = KeepAlive.received(state)
      if (each.act === "follow" && KeepAlive.due(state, now) === "ping") state = KeepAlive.pinged(state, now)
      now = each.to ?? now + (each.millis ?? 0)
      visit(state, now)
    }
  }

  it("it is time to do something exactly when the remaining milliseconds are over", () => {
    fc.assert(fc.property(story, (given) =>
      walk(given, (state, now) => {
        const remaining = KeepAlive.remainingMillis(state, now)
        expect(remaining === 0).toBe(KeepAlive.due(state, now) !== "wait")
        expect(remaining).toBeGreaterThanOrEqual(0)
        if (remaining === Infinity) return expect(KeepAlive.due(state, now + 1e12)).toBe("wait")
        expect(KeepAlive.due(state, now + remaining)).not.toBe("wait")
        if (remaining > 0) expect(KeepAlive.due(state, now + remaining - 1)).toBe("wait")
        if (remaining > 0) expect(KeepAlive.due(state, now + remaining / 2)).toBe("wait")
      })), { numRuns: 300 })
  })

  it("who does what is due is then left in peace for a while: it does not spin", () => {
    fc.assert(fc.property(story, (given) =>
      walk(given, (state, now) => {
        if (KeepAlive.due(state, now) !== "ping") return
        const pinged = KeepAlive.pinged(state, now)
        const untilDead = state.replyMillis - (now - pinged.pingSent)
        expect(KeepAlive.remainingMillis(pinged, now)).toBe(Math.min(untilDead, state.intervalMillis))
      })), { numRuns: 300 })
  })

  it("no wait is longer than the Keep Alive or the time for an answer, whatever the clock does: it does not hang", () => {
    fc.assert(fc.property(story, (given) =>
      walk(given, (state, now) => {
        const remaining = KeepAlive.remainingMillis(state, now)
        if (remaining < Infinity) {
          expect(remaining).toBeLessThanOrEqual(Math.max(state.intervalMillis, state.replyMillis))
        } else expect(state.intervalMillis).toBe(0)
      })), { numRuns: 300 })
  })
})
