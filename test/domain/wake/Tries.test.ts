import { describe, expect, it } from "vitest"
import * as Backoff from "../../../src/domain/delivery/Backoff.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import * as Tries from "../../../src/domain/wake/Tries.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { configOf, type Given, inFlightIn, patchOf, reconnectOf, stateOf, wakeOf } from "./support.ts"

/** 10:00 in the clock of these devices, in milliseconds. */
const now = 36_000_000

type Expected = Pick<Tries.Plan, "delay" | "isDue" | "isCountedFirst"> & Partial<Pick<Tries.Plan, "isSilent">>

/** Three tries have failed, and the next may begin `millis` after this moment. */
const waiting = (millis: number): Given => ({ attemptCount: 3, lastAttemptTime: now + millis - 3_600_000 })

const due = (delay: number, isCountedFirst: boolean): Expected => ({
  delay,
  isDue: true,
  isCountedFirst,
  isSilent: false
})

const notDue = (delay: number): Expected => ({ delay, isDue: false, isCountedFirst: false, isSilent: false })

/** All that keeps a wake quiet: a sensor whose turn is later, and a try that was not long ago. */
const quiet: Given = {
  file: { sensors: { simulated: { id: "s", interval: 900 } } },
  lastAttemptTime: now - 300_000,
  state: { readAt: { s: now - 300_000 } }
}

/** One that sends each hour, a wake after it did. */
const seldom: Given = { mqtt: { send_interval: 3_600 }, lastAttemptTime: now - 300_000, pending: "a" }

describe("what a wake may do", () => {
  it.each<readonly [name: string, given: Given, plan: Expected]>([
    ["try at once after a success", { lastAttemptTime: now - 300_000 }, due(0, false)],
    ["try at once, and count first, in the first wake of all", {
      lastAttemptTime: now - 1,
      wake: { stored: undefined }
    }, due(0, true)],
    ["count first where the clock stands still", { lastAttemptTime: now }, due(0, true)],
    ["count first where the clock was set back", { lastAttemptTime: now + 1 }, due(0, true)],
    ["not count first where the last try is a millisecond ago", { lastAttemptTime: now - 1 }, due(0, false)],
    ["try again after one failure", { attemptCount: 1, lastAttemptTime: now - 300_000 }, due(0, true)],
    ["try again after two failures, the last in a row", { attemptCount: 2, lastAttemptTime: now - 300_000 },
      due(0, true)],
    ["not try while the policy waits", waiting(1_001), notDue(1_001)],
    ["try when it waits for just a second", waiting(1_000), due(1_000, true)],
    ["try when its wait is just over", waiting(0), due(0, true)],
    ["try when its wait was over long ago", waiting(-9_999_999), due(0, true)],
    ["try at once where the clock was set back in a wait", { attemptCount: 3, lastAttemptTime: now + 1 }, due(0, true)],
    ["try although the policy would wait, with the policy off", { ...waiting(900_000), policy: { enabled: false } },
      due(0, true)],
    ["try later in the row, where the tries are spread", {
      attemptCount: 1,
      lastAttemptTime: now,
      policy: { try_interval: 20 }
    }, notDue(20_000)],
    ["nothing without MQTT", { mqtt: { enabled: false } }, notDue(0)],
    ["nothing where there is nothing to say", quiet, { ...notDue(0), isSilent: true }],
    ["try where something is pending", { ...quiet, pending: "a" }, due(0, false)],
    ["nothing where it need not send yet", seldom, { ...notDue(0), isSilent: true }],
    ["try where the time to send has come", { ...seldom, lastAttemptTime: now - 3_600_000 }, due(0, false)],
    ["try after a failure, whenever it is to send", { ...seldom, attemptCount: 1 }, due(0, true)],
    ["not try while the policy waits, though the time to send has come", { ...seldom, ...waiting(1_001) },
      notDue(1_001)],
    ["nothing where the time to send has come, but there is nothing to say", {
      ...quiet,
      mqtt: { send_interval: 60 }
    }, { ...notDue(0), isSilent: true }]
  ])("%s", (_, given, expected) => {
    expect(Tries.plan(wakeOf(given), now)).toEqual(
      { wokeAt: now, reconnect: reconnectOf(given), isSilent: false, ...expected }
    )
  })
})

describe("the first try of a wake whose sensors are read", () => {
  const waits = (
    millis: number,
    attemptCount = 3
  ): ReadonlyArray<WakeEvent> => [{ _tag: "Waiting", millis, attemptCount }]

  it.each<
    readonly [
      name: string,
      given: Given,
      readMillis: number,
      left: number | undefined,
      events: ReadonlyArray<WakeEvent>
    ]
  >([
    ["begins at once", { lastAttemptTime: now - 300_000 }, 500, 0, []],
    ["begins at once, though the clock was set back meanwhile", { lastAttemptTime: now - 300_000 }, -9_000_000, 0, []],
    ["begins at once after a failure, too, though the clock was set back", {
      attemptCount: 1,
      lastAttemptTime: now - 1
    }, -10_000, 0, []],
    ["begins in what is left of a second", waiting(1_000), 400, 600, []],
    ["begins at once, where the second has passed", waiting(1_000), 1_000, 0, []],
    ["begins a second later at most, though the clock was set back", waiting(1_000), -500, 1_000, []],
    ["begins as the time has come while sensors were read", waiting(1_500), 500, 1_000, []],
    ["does not begin where it has not come", waiting(1_501), 500, undefined, waits(1_001)],
    ["does not begin, and the clock that was set back makes the wait longer", waiting(1_501), -500, undefined,
      waits(2_001)],
    ["begins where the clock was set back before the last try", { attemptCount: 3, lastAttemptTime: now - 100 }, -200,
      0, []],
    ["does not begin without MQTT", { mqtt: { enabled: false }, pending: "a" }, 0, undefined, []],
    ["does not begin where there is still nothing to say", quiet, 500, undefined, []],
    ["does not begin where it still need not send", seldom, 500, undefined, []]
  ])("%s", (_, given, readMillis, left, events) => {
    const wake = wakeOf(given)
    const plan = Tries.plan(wake, now)
    expect(Tries.untilFirst(wake, plan, now + readMillis)).toBe(left)
    expect(wake.events).toEqual(events)
  })

  it("begins in a wake that was silent, when there is something to say", () => {
    const wake = wakeOf(quiet)
    const plan = Tries.plan(wake, now)
    wake.state = stateOf({ ...quiet, pending: "a" })
    expect([plan.isDue, Tries.untilFirst(wake, plan, now + 500)]).toEqual([false, 0])
  })
})

describe("a wake that need not send as it begins", () => {
  const plan = Tries.plan(wakeOf(seldom), now)

  it.each<readonly [name: string, given: Given, left: number | undefined]>([
    ["does not when it has measured", { ...seldom, pending: "a b" }, undefined],
    ["does when as many are pending as to send with", {
      ...seldom,
      mqtt: { send_interval: 3_600, send_when_pending: 2 },
      pending: "a b"
    }, 0],
    ["does when there is no room for another wake", {
      ...seldom,
      mqtt: { send_interval: 3_600, outbox: { capacity: 2 } },
      pending: "a b"
    }, 0],
    ["does when flash has not taken the reading", { ...seldom, pending: "a b", wake: { isUnsaved: true } }, 0],
    ["does not when flash has not taken it and nothing is pending", {
      ...seldom,
      pending: "",
      wake: { isUnsaved: true }
    }, undefined]
  ])("%s", (_, given, left) => {
    expect([plan.isDue, Tries.untilFirst(wakeOf(given), plan, now + 500)]).toEqual([false, left])
  })

  it("does not because time has passed while sensors were read: its beginning counts", () => {
    const last = { ...seldom, lastAttemptTime: now - 3_449_000 }
    expect(Tries.untilFirst(wakeOf(last), Tries.plan(wakeOf(last), now), now + 9_000)).toBe(undefined)
  })
})

describe("the first try counts", () => {
  it.each<readonly [name: string, given: Given, left: number, start: number | undefined]>([
    ["already, where it was counted before the radio", { attemptCount: 1, lastAttemptTime: now - 1 }, 0, undefined],
    ["from the wake's beginning, where it was allowed then", { lastAttemptTime: now - 300_000 }, 0, now],
    ["from its own beginning after a wait", waiting(1_000), 600, now + 1_100],
    ["from its own beginning, where the time came later", waiting(1_500), 1_000, now + 1_500]
  ])("%s", (_, given, left, start) => {
    expect(Tries.startOfFirst(Tries.plan(wakeOf(given), now), now + 500, left)).toBe(start)
  })
})

describe("as a try begins", () => {
  it.each<readonly [name: string, given: Given, held: ReadonlyArray<number>, inFlight: ReadonlyArray<number>]>([
    ["all that is pending gets a Packet Identifier", { pending: "a b" }, [], [1, 2]],
    ["but for what is held back", { pending: "a b", state: { suspects: [[1, 1]] } }, [1], [2]],
    ["what was held back before is, without suspects, still held", { pending: "a b", wake: { held: [2] } }, [2], [1]]
  ])("%s", (_, given, held, inFlight) => {
    const wake = wakeOf(given)
    Tries.begin(wake)
    expect([wake.held, inFlightIn(wake.state).map(([, entry]) => entry)]).toEqual([held, inFlight])
  })
})

describe("a try has ended", () => {
  const lost: Tries.Failure = { _tag: "SocketError", message: "gone" }
  const failed: WakeEvent = { _tag: "TryFailed", attempt: 2, error: "SocketError", reason: "gone" }
  const late: WakeEvent = { _tag: "ConfigUnchanged", reason: "gone" }
  type Facts = Partial<Pick<Attempt.Attempt, "accepted" | "delivered" | "isReached">>
  const reached: Facts = { accepted: true, isReached: true }

  it.each<
    readonly [
      name: string,
      given: Given,
      facts: Facts,
      failure: Tries.Failure | undefined,
      isOut: boolean,
      events: ReadonlyArray<WakeEvent>
    ]
  >([
    ["well", {}, reached, undefined, true, []],
    ["before CONNACK", { pending: "a" }, {}, lost, false, [failed]],
    ["before CONNACK, with nothing pending", {}, {}, lost, false, [failed]],
    ["after CONNACK, with nothing pending", {}, { accepted: true }, lost, true, [late]],
    ["after all was delivered", {}, { ...reached, delivered: 1 }, lost, true, [late]],
    ["with a message that was not delivered", { pending: "a" }, { accepted: true, delivered: 3 }, lost, false, [
      failed
    ]],
    ["with only suspects left", { pending: "a", state: { suspects: [[1, 1]] } }, { accepted: true, delivered: 1 }, lost,
      true, [late]],
    ["with only suspects left, and none delivered", { pending: "a", state: { suspects: [[1, 1]] } }, { accepted: true },
      lost, false, [failed]],
    ["with more left than suspects", { pending: "a b", state: { suspects: [[1, 1]] } }, {
      accepted: true,
      delivered: 1
    }, lost, false, [failed]],
    ["with more left, which was held back when all else was delivered", {
      pending: "a a",
      state: { suspects: [[1, 1]] }
    }, { ...reached, delivered: 1 }, lost, true, [late]],
    ["with all held back, and none delivered", { pending: "a a", state: { suspects: [[1, 1]] } }, reached, lost, false,
      [
        failed
      ]]
  ])("%s", (_, given, facts, failure, isOut, events) => {
    const wake = wakeOf({ attemptCount: 2, ...given, wake: { held: [1] } })
    const before = wake.state
    expect(Tries.ended({ ...Attempt.make(wake), ...facts }, failure)).toBe(isOut)
    expect(wake.events).toEqual(events)
    expect([wake.held, patchOf(before, wake.state)]).toEqual([[], {}])
  })

  it.each<readonly [name: string, given: Given, facts: Facts, failure: Tries.Failure | undefined, patch: object]>([
    ["a wake that lasted to here did not end while it sent", { state: { unfinished: 2 } }, {}, lost, { unfinished: 0 }],
    [
      "an update is kept that has delivered",
      { state: { probation: { version: 5, wakes: 1 } } },
      { ...reached, delivered: 1 },
      undefined,
      { probation: { version: 0, wakes: 0 } }
    ],
    ["an update has another wake, where nothing was pending", { state: { probation: { version: 5, wakes: 1 } } },
      reached, undefined, { probation: { version: 5, wakes: 0 } }],
    [
      "an update is kept whatever went wrong once the data was out",
      { state: { probation: { version: 5, wakes: 1 } } },
      { ...reached, delivered: 1 },
      lost,
      { probation: { version: 0, wakes: 0 } }
    ],
    ["an update counts that did not reach the Server", { state: { probation: { version: 5, wakes: 1 } } }, {}, lost,
      {}],
    ["an update counts that has left something pending", {
      pending: "a",
      state: { probation: { version: 5, wakes: 1 } }
    }, {
      accepted: true,
      delivered: 1
    }, lost, {}],
    ["an update that is not in force is left alone", { state: { probation: { version: 4, wakes: 1 } } }, {
      ...reached,
      delivered: 1
    }, undefined, {}]
  ])("%s", (_, given, facts, failure, patch) => {
    const wake = wakeOf(given)
    const before = wake.state
    Tries.ended({ ...Attempt.make(wake), ...facts }, failure)
    expect(patchOf(before, wake.state)).toEqual(patch)
  })
})

describe("after a failed try the next one of this wake", () => {
  const tried = (attemptCount: number, millisAgo: number, policy: Given["policy"] = {}): Given => ({
    attemptCount,
    lastAttemptTime: now - millisAgo,
    policy
  })

  it.each<readonly [name: string, given: Given, wait: number | undefined]>([
    ["begins at once after the first", tried(1, 30_000), 0],
    ["begins at once after the second", tried(2, 30_000), 0],
    ["is slept for after the third", tried(3, 30_000), undefined],
    ["is slept for after any more", tried(4, 30_000), undefined],
    ["begins at once, where the third took as long as the wait", tried(3, 3_600_000), 0],
    ["begins at once, where the clock was set back in the third", tried(3, -1), 0],
    ["is waited for, where the tries are spread", tried(1, 5_000, { try_interval: 20 }), 15_000],
    ["begins at once, where the first took as long as that", tried(1, 20_000, { try_interval: 20 }), 0],
    ["is slept for after the only one", tried(1, 0, { max_attempts: 1 }), undefined],
    ["does not come with the policy off", tried(1, 30_000, { enabled: false }), undefined]
  ])("%s", (_, given, wait) => {
    const events: Array<WakeEvent> = []
    const state = stateOf(given)
    expect(Tries.untilNext({ config: configOf(given), state, emit: (event) => events.push(event) }, now)).toBe(wait)
    const millis = Backoff.waitMillis(
      configOf(given).mqtt.reconnect,
      given.attemptCount ?? 0
    ) - (now - (given.lastAttemptTime ?? now))
    const isTold = wait === undefined && given.policy?.enabled !== false
    expect(events).toEqual(isTold ? [{ _tag: "Waiting", millis, attemptCount: given.attemptCount }] : [])
  })
})

it("what a failed try waited for is not waited for in the next one, and what it published is", () => {
  const wake = wakeOf({
    attemptCount: 1,
    pending: "a",
    inFlight: [[1, 1, "dup"], [2, 0], [3, -1, "dup"], [4, -3, "dup"]]
  })
  Tries.untilNext(wake, now)
  expect(inFlightIn(wake.state)).toEqual([[1, 1, "dup"], [4, -3, "dup"]])
})

it("after a success tries start over, and the last one is remembered", () => {
  const wake = wakeOf({
    attemptCount: 3,
    lastAttemptTime: now,
    state: { reconnect: { attemptCount: 3, lastAttemptTime: now, draw: 0.5 } }
  })
  Tries.succeeded(wake)
  expect(patchOf(stateOf(), wake.state)).toEqual({ reconnect: { attemptCount: 0, lastAttemptTime: now, draw: 0 } })
})

describe("a try counts before the radio is on", () => {
  const stored = wakeOf().stored
  it.each<
    readonly [name: string, attemptCount: number, lastAttemptTime: number, stored: typeof stored, counts: boolean]
  >([
    ["not after one that succeeded", 0, now - 1, stored, false],
    ["after one that failed", 1, now - 1, stored, true],
    ["at the very time of the last one", 0, now, stored, true],
    ["under a clock that shows less than then: it has started over", 0, now + 1, stored, true],
    ["in a device's first wake", 0, now - 1, undefined, true]
  ])("%s", (_, attemptCount, lastAttemptTime, kept, counts) => {
    expect(Tries.countsFirst({ attemptCount, lastAttemptTime, draw: 0 }, kept, now)).toBe(counts)
  })
})
