import { describe, expect, it } from "vitest"
import type { ClockState, DeviceState } from "../../../src/domain/state/DeviceStateFields.ts"
import * as Measuring from "../../../src/domain/wake/Measuring.ts"
import * as Timing from "../../../src/domain/wake/Timing.ts"
import { configOf, patchOf, stateOf, wakeOf } from "./support.ts"

const hour = 3_600_000
const day = 24 * hour
const known = Date.UTC(2026, 10, 29)
const config = configOf({ file: { time: { server: "pool" } } })
const silent = configOf()

const clockOf = (change: Partial<ClockState> = {}): ClockState => ({ last: 0, next: 0, lost: 0, doubted: 0, ...change })

const owing = (startedAt: number, clock: ClockState | undefined, uptimes: ReadonlyArray<number> = []): DeviceState => {
  const state = stateOf({
    lastAttemptTime: startedAt + 5_000,
    state: { startedAt, readAt: { s: startedAt + 7_000 }, clock }
  })
  const entries = uptimes.map((uptime, i) => ({ id: i + 1, topic: "s/data", payload: `{"uptime":${uptime}}` }))
  return { ...state, outbox: { entries, lastId: entries.length, dropped: 0 } }
}

const payloads = ({ outbox }: DeviceState): ReadonlyArray<string> => outbox.entries.map(({ payload }) => payload)

describe("a wake goes on", () => {
  it("as it was, of a device that asks nobody, without what a program before it knew of a clock", () => {
    const state = stateOf()
    expect(Timing.recalled(silent, state, 5)).toBe(state)
    expect(Timing.recalled(silent, stateOf({ state: { clock: clockOf({ last: 900 }) } }), 5)).toEqual(
      stateOf({ state: { clock: undefined } })
    )
  })

  it("as it was, where the clock shows more than before", () => {
    const state = owing(1_000, clockOf({ last: 9_000 }))
    expect(Timing.recalled(config, state, 9_001)).toBe(state)
    // Whoever set it ahead: time may have passed.
    expect(Timing.recalled(config, state, known)).toBe(state)
  })

  it("and is to ask at once, where it knows nothing of the clock", () => {
    const before = owing(1_000, undefined)
    const after = Timing.recalled(config, before, 9_000)
    expect(patchOf(before, after)).toEqual({ clock: clockOf({ last: 8_999, next: 9_000 }) })
    expect(Timing.isDue({ config, state: after }, 9_000)).toBe(true)
  })

  const backwards: ReadonlyArray<readonly [name: string, last: number, now: number]> = [
    ["was never set, and begins again at 0", hour, 0],
    ["was never set, and begins again at 300 ms", hour, 300],
    ["shows the same again", hour, hour],
    ["was set, and begins again at 0", known + hour, 0],
    ["was set, and is stepped back by a second", known + hour, known + hour - 1_000]
  ]
  it.each(backwards)("from where it was, under a clock that %s", (_, last, now) => {
    const startedAt = last - hour + 10_000
    const before = owing(startedAt, clockOf({ last, next: last + 500 }))
    const after = Timing.recalled(config, before, now)
    expect(Measuring.uptime(after, now)).toBe(Measuring.uptime(before, last))
    expect((after.readAt["s"] as number) - now).toBe(startedAt + 7_000 - last)
    expect(after.clock?.last).toBe(now)
    // As behind any power cut: the next try may be at once.
    expect(after.reconnect).toEqual(before.reconnect)
    // One that was set is to be set again now; one that was not had its reasons.
    expect(Timing.isDue({ config, state: after }, now)).toBe(last >= known)
    expect(after.clock?.next).toBe(last >= known ? now : now + 500)
  })

  it("with what was taken under a clock that was right dated by it", () => {
    const after = Timing.recalled(config, owing(known, clockOf({ last: known + hour }), [0, 60]), 300)
    expect(payloads(after)).toEqual([`{"uptime":0,"time":"2026-11-29T00:00:00Z"}`,
      `{"uptime":60,"time":"2026-11-29T00:01:00Z"}`])
    expect(after.clock?.lost).toBe(2)
  })

  it("and what was taken under one that was not is never dated", () => {
    const cut = Timing.recalled(config, owing(0, clockOf({ last: hour }), [0, 60]), 300)
    expect(cut.clock?.lost).toBe(2)
    const more = {
      ...cut,
      outbox: {
        ...cut.outbox,
        entries: cut.outbox.entries.concat([{ id: 3, topic: "s/data", payload: `{"uptime":3600}` }])
      }
    }
    const inFlight = [1, 2, 3].map((entry) => ({ packetIdentifier: entry, entry, dup: false }))
    const set = Timing.answered(config, { ...more, session: { inFlight, lastIdentifier: 3 } }, 1_300, known)
    expect(payloads(set).map((payload) => payload.includes("\"time\":"))).toEqual([false, false, true])
  })

  it("in the midst of a wake, too, and by no answer that comes then is anything moved twice", () => {
    const before = owing(known, clockOf({ last: known + hour }))
    expect(Timing.setBack(config, before, known + hour)).toBe(before)
    const back = Timing.setBack(config, before, 5_000)
    expect(Measuring.uptime(back, 5_000)).toBe(3_600)
    const set = Timing.answered(config, back, 5_000, known + hour - 5_000)
    expect(set.startedAt).toBe(known)
  })

  it("without anything moved, on the first wake of all, whatever the file says of the last try", () => {
    for (const now of [0, known]) {
      const first = stateOf({ lastAttemptTime: known * 3, attemptCount: 2, state: { startedAt: now } })
      const after = Timing.recalled(config, first, now)
      expect(patchOf(first, after)).toEqual({ clock: clockOf({ last: now, next: now }) })
    }
  })
})

describe("when the clock is set", () => {
  const before = owing(2_000, clockOf({ last: 60_000, next: 0, doubted: 7 }), [1])

  it.each([known, 5, -5, -known])("ahead by %d ms, nothing jumps", (millis) => {
    const at = 62_000
    const after = Timing.answered(config, before, at, millis)
    expect(Measuring.uptime(after, at + millis)).toBe(Measuring.uptime(before, at))
    expect(after.readAt).toEqual({ s: 9_000 + millis })
    expect(after.reconnect).toEqual({ ...before.reconnect, lastAttemptTime: 7_000 + millis })
    expect(after.clock).toEqual({ last: at + millis, next: at + day - 5_000 + millis, lost: 0, doubted: 0 })
  })

  it("and then was not, for the device was reset in between, the next wake takes that back", () => {
    const at = 62_000
    const back = Timing.recalled(config, Timing.answered(config, before, at, known), at + 5_000)
    expect(back.startedAt).toBe(7_000)
    expect(Measuring.uptime(back, at + 5_000)).toBe(60)
    expect(Timing.isDue({ config, state: back }, at + 5_000)).toBe(true)
  })

  it("what was taken before is dated", () => {
    const inFlight = [{ packetIdentifier: 1, entry: 1, dup: false }]
    const after = Timing.answered(config, { ...before, session: { inFlight, lastIdentifier: 1 } }, 62_000,
      known - 62_000)
    expect(payloads(after)).toEqual([`{"uptime":1,"time":"2026-11-28T23:59:01Z"}`])
  })
})

describe("a server is asked", () => {
  const asked = (changes: object) => configOf({ file: { time: { server: "pool", ...changes } } })
  const after = (isAnswered: boolean, changes: object): number => {
    const state = owing(0, clockOf())
    const then = isAnswered ? Timing.answered(asked(changes), state, 1_000, 0)
      : Timing.unanswered(asked(changes), state, 1_000)
    let wait = 0
    while (!Timing.isDue({ config: asked(changes), state: then }, 1_000 + wait)) wait += 60_000
    return wait
  }

  it.each([
    ["a day after an answer", true, {}, day],
    ["an hour after none", false, {}, hour],
    ["as long after an answer as the file says", true, { sync_interval: 7_200 }, 2 * hour],
    ["an hour after none, where the file says two", false, { sync_interval: 7_200 }, hour],
    ["as soon after none as after one, where that is less than an hour", false, { sync_interval: 600 }, 600_000]
  ])("%s", (_, isAnswered, changes, expected) => {
    expect(after(isAnswered, changes)).toBe(expected)
  })

  it("never, of a device whose file names none", () => {
    expect(Timing.isDue({ config: silent, state: owing(0, clockOf()) }, known)).toBe(false)
  })
})

describe("an answer", () => {
  const rows: ReadonlyArray<
    readonly [name: string, now: number, millis: number, doubted: number, isBelieved: boolean]
  > = [
    ["that sets a clock which never was", 5_000, known, 0, true],
    ["that would set it before 2026", 5_000, Date.UTC(2025, 11, 31), 0, false],
    ["that would set it after 2099", 5_000, Date.UTC(2100, 0, 1), 0, false],
    ["that changes nothing", known, 0, 0, true],
    ["a day ahead", known, day, 0, true],
    ["a day behind", known, -day, 0, true],
    ["more than a day ahead", known, day + 1, 0, false],
    ["more than a day behind", known, -day - 1, 0, false],
    ["more than a day ahead, a second time", known, 2 * day, 2 * day - hour + 1, true],
    ["more than a day behind, a second time", known, -2 * day, -2 * day + hour - 1, true],
    ["more than a day ahead, behind one that said another time", known, 2 * day, 2 * day - hour, false],
    ["more than a day behind, behind one that was as much ahead", known, -2 * day, 2 * day, false],
    ["that would set it before 2026, a second time", known, -known, -known, false]
  ]
  it.each(rows)("%s", (_, now, millis, doubted, isBelieved) => {
    const reason = Timing.disbelief(owing(0, clockOf({ doubted })), now, millis)
    expect(reason === undefined).toBe(isBelieved)
  })

  it("says what it would have set the clock to", () => {
    expect(Timing.disbelief(owing(0, clockOf()), known, 3 * day)).toBe(
      "the answer says 2026-12-02T00:00:00Z, more than a day from what the clock shows; only a second answer like it is believed"
    )
    expect(Timing.disbelief(owing(0, clockOf()), 0, 1_000)).toBe(
      "the answer says 1970-01-01T00:00:01Z, which cannot be"
    )
  })

  it("that is not believed is remembered, until one comes that is", () => {
    const doubting = Timing.unanswered(config, owing(0, clockOf()), 1_000, 9)
    expect(doubting.clock).toEqual(clockOf({ next: 1_000 + hour, doubted: 9 }))
    expect(Timing.unanswered(config, doubting, 1_000).clock?.doubted).toBe(0)
  })
})

describe("a reading", () => {
  it("is a moment that the clock must not show again", () => {
    const wake = wakeOf({ file: { time: { server: "pool" } }, state: { clock: clockOf({ last: 10 }) } })
    Measuring.measured(wake, wake.config.sensors[0] as never, { temperature: 1 }, 4_000)
    expect(wake.state.clock?.last).toBe(4_000)
    // Set back in the midst of a wake it is no less.
    Measuring.measured(wake, wake.config.sensors[0] as never, { temperature: 1 }, 3_000)
    expect(wake.state.clock?.last).toBe(4_000)
  })

  it("is none of the state of a device that asks nobody", () => {
    const wake = wakeOf()
    Measuring.measured(wake, wake.config.sensors[0] as never, { temperature: 1 }, 4_000)
    expect("clock" in wake.state && wake.state.clock !== undefined).toBe(false)
  })
})
