import { describe, expect, it } from "vitest"
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import * as KeepAlive from "../../../src/domain/delivery/KeepAlive.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as AlwaysOn from "../../../src/domain/wake/AlwaysOn.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import { configOf, type Given, inFlightIn, patchOf, stateOf, twoTopics, wakeOf } from "./support.ts"

const now = 36_000_000

describe("the next reading, each 300 s", () => {
  it.each<readonly [name: string, measuredAt: number, wait: number]>([
    ["a whole interval after one in this moment", now, 300_000],
    ["what is left of it", now - 299_999, 1],
    ["is due at its end", now - 300_000, 0],
    ["is due after it", now - 999_999, 0],
    ["is due where the clock was set back", now + 1, 0]
  ])("%s", (_, measuredAt, wait) => {
    expect(AlwaysOn.untilReading(configOf(), measuredAt, now)).toBe(wait)
  })
})

describe("the next try", () => {
  const tried = (attemptCount: number, millisAgo: number, more: Given = {}): Given => ({
    attemptCount,
    lastAttemptTime: now - millisAgo,
    ...more
  })
  const off = { policy: { enabled: false } }

  it.each<readonly [name: string, given: Given, wait: number, measures: boolean]>([
    ["the first begins at once, with a reading", tried(0, 0), 0, true],
    ["the second begins at once, with the reading of the first", tried(1, 5_000), 0, false],
    ["the third, too", tried(2, 5_000), 0, false],
    ["the fourth waits, and has a reading of its own", tried(3, 5_000), 3_595_000, true],
    ["the fifth waits longer", tried(4, 5_000), 7_195_000, true],
    ["the fourth begins at once where the third took as long as the wait, and has a reading of its own",
      tried(3, 3_600_000), 0, true],
    ["the fourth begins at once where the clock was set back, and has one", tried(3, -1), 0, true],
    ["one in a row that is spread waits, with the reading of the first",
      tried(1, 5_000, { policy: { try_interval: 20 } }), 15_000, false],
    ["with the policy off the first begins at once", tried(0, 0, off), 0, true],
    ["with the policy off each other one comes at the interval", tried(1, 5_000, off), 300_000, true],
    ["with the policy off also long after the last", tried(9, 999_999, off), 300_000, true],
    ["without MQTT there is a reading at each interval", tried(0, 0, { mqtt: { enabled: false } }), 300_000, true],
    ["without MQTT also after the first", tried(1, 300_000, { mqtt: { enabled: false } }), 300_000, true],
    ["without MQTT also after the second", tried(2, 300_000, { mqtt: { enabled: false } }), 300_000, true]
  ])("%s", (_, given, wait, measures) => {
    expect(AlwaysOn.nextTry({ config: configOf(given), state: stateOf(given) }, now)).toEqual({ wait, measures })
  })
})

it.each([[0, false], [299_999, false], [300_000, true]])(
  "one that follows without a wait, %d ms after the last reading, has one of its own: %s",
  (millis, measures) => {
    const given: Given = { attemptCount: 0, lastAttemptTime: now - 9_000 }
    const wake = { config: configOf(given), state: stateOf(given), clockMoved: 50, measuredAt: now - 50 - millis }
    expect(AlwaysOn.nextTry(wake, now)).toEqual({ wait: 0, measures })
  }
)

it("what a connection waited for is not waited for in the next one, and what it published is", () => {
  const wake = wakeOf({ pending: "a", inFlight: [[1, 1, "dup"], [2, 0], [3, -1, "dup"]] })
  AlwaysOn.nextTry(wake, now)
  expect(inFlightIn(wake.state)).toEqual([[1, 1, "dup"]])
})

describe("what has arrived of a configuration", () => {
  const config = configOf({ mqtt: { ...twoTopics, config_wait_time: 2 } })
  const begun = ConfigUpdate.begin(config.mqtt, 5, config)
  const receive = (before: ConfigUpdate.ConfigUpdate, topic: string, text: string) =>
    ConfigUpdate.receive(before, { topic, payload: Bytes.fromText(text) })
  const half = receive(begun, "config/version", "6")
  const whole = receive(half, "config/data", "{\"version\":6}")
  const otherHalf = receive(half, "config/version", "7")
  const none = AlwaysOn.judging(begun)
  const since = (until: number): AlwaysOn.Judging => ({ judged: begun, half, until })

  it.each<
    readonly [
      name: string,
      before: AlwaysOn.Judging,
      update: ConfigUpdate.ConfigUpdate,
      after: AlwaysOn.Judging | undefined
    ]
  >([
    ["nothing since the last that was judged", none, begun, none],
    ["all of one: it is judged", none, whole, undefined],
    ["half of one: the rest is waited for", none, half, since(now + 2_000)],
    ["half of one, still", since(now + 1), half, since(now + 1)],
    ["half of one, since this moment", since(now + 2_000), half, since(now + 2_000)],
    ["half of one, for as long as is waited: it is judged", since(now), half, undefined],
    ["half of one, for longer: it is judged", since(now - 5), half, undefined],
    ["half of one, and the clock was set back: it is judged", since(now + 2_001), half, undefined],
    ["half of another: the wait begins anew", since(now - 5), otherHalf, {
      judged: begun,
      half: otherHalf,
      until: now + 2_000
    }],
    ["the other half: it is judged", since(now + 1), whole, undefined],
    ["what was judged is not judged twice", AlwaysOn.judging(whole), whole, AlwaysOn.judging(whole)]
  ])("%s", (_, before, update, after) => {
    expect(AlwaysOn.waiting(before, update, config, now)).toEqual(after)
  })

  it("nothing is waited for at first, nor for ever", () => {
    expect(none).toEqual({ judged: begun, half: undefined, until: Infinity })
  })
})

describe("a Server whose acknowledgements are missing, with 10 s for each", () => {
  const flights = (...ids: ReadonlyArray<number>) => ids.map((id) => [id, id, "dup"] as const)

  it.each<
    readonly [
      name: string,
      before: ReadonlyArray<number>,
      since: number,
      present: ReadonlyArray<number>,
      expected: number | undefined
    ]
  >([
    ["none: the time begins when there are some", [], now - 99_999, [], now],
    ["the first: the time begins", [], now - 99_999, [1], now],
    ["the same: the time goes on", [1, 2], now - 9_999, [1, 2], now - 9_999],
    ["one has come: the time begins anew", [1, 2], now - 99_999, [2], now],
    ["all have come", [1, 2], now - 99_999, [], now],
    ["more have been sent: the time goes on", [1], now - 9_999, [1, 2], now - 9_999],
    ["it has had its time", [1, 2], now - 10_000, [1, 2], undefined],
    ["it has had its time, though more have been sent", [1], now - 10_000, [1, 2], undefined],
    ["the clock was set back: the time begins anew", [1], now + 1, [1], now]
  ])("%s", (_, before, since, present, expected) => {
    const owing = AlwaysOn.owing(
      { count: before.length, since },
      wakeOf({ inFlight: flights(...present) }),
      now
    )
    expect(owing).toEqual(expected === undefined ? undefined : { count: present.length, since: expected })
  })

  it("what is held back is not pending on this connection", () => {
    const wake = { ...wakeOf({ inFlight: flights(1, 2) }), held: [1, 2] }
    expect(AlwaysOn.owing({ count: 2, since: now - 99_999 }, wake, now)).toEqual({
      count: 0,
      since: now
    })
  })
})

describe("a connection that has lasted", () => {
  it.each<readonly [name: string, given: Given, patch: object]>([
    ["lets the tries start over", { attemptCount: 3, lastAttemptTime: 7 }, {
      reconnect: { attemptCount: 0, lastAttemptTime: 7, draw: 0 }
    }],
    ["ends a row of wakes that ended while they sent", { state: { unfinished: 2 } }, { unfinished: 0 }],
    ["changes nothing else", {}, {}]
  ])("%s", (_, given, patch) => {
    const wake = wakeOf(given)
    const before = wake.state
    AlwaysOn.healthy(wake)
    expect(patchOf(before, wake.state)).toEqual(patch)
  })

  it("is no change where there is none", () => {
    const wake = wakeOf()
    const before = wake.state
    AlwaysOn.healthy(wake)
    expect(wake.state).toBe(before)
  })
})

describe("an update on probation", () => {
  it.each<readonly [name: string, version: number, delivered: number, patch: object]>([
    ["is kept when a message was delivered", 5, 1, { probation: { version: 0, wakes: 0 } }],
    ["has another wake where none was", 5, 0, { probation: { version: 5, wakes: 1 } }],
    ["that is not in force is left alone", 4, 1, {}]
  ])("%s", (_, version, delivered, patch) => {
    const wake = wakeOf({ state: { probation: { version, wakes: 2 } } })
    const before = wake.state
    AlwaysOn.pass({ ...Attempt.make(wake), delivered })
    expect(patchOf(before, wake.state)).toEqual(patch)
  })
})

describe("an open connection rests until", () => {
  const alive = KeepAlive.make(0, 10_000, now)
  const nothing = {
    openedAt: now - 3_000,
    measuredAt: now,
    alive,
    until: Infinity,
    owing: { count: 0, since: now - 4_000 }
  }
  const owing = { count: 1, since: now - 4_000 }
  type At = Parameters<typeof AlwaysOn.untilNext>[1]

  it.each<readonly [name: string, held: ReadonlyArray<number>, at: Partial<At>, wait: number]>([
    ["the next reading", [], {}, 300_000],
    ["PINGREQ is due", [], { alive: KeepAlive.make(60, 10_000, now - 5_000) }, 40_000],
    ["PINGRESP is late", [], { alive: KeepAlive.pinged(KeepAlive.make(60, 10_000, now), now - 4_000) }, 6_000],
    ["the rest of a configuration is late", [], { until: now + 700 }, 700],
    ["an acknowledgement is late", [], { owing }, 6_000],
    ["what is held back goes", [1], {}, 7_000],
    ["the first of all these", [1], { owing, until: now + 700 }, 700],
    ["a whole millisecond", [], { until: now + 0.25 }, 1],
    ["now, where something is late", [], { until: now - 5 }, 0],
    ["now, where the clock was set back since the reading", [], { measuredAt: now + 1 }, 0]
  ])("%s", (_, held, at, wait) => {
    expect(AlwaysOn.untilNext(wakeOf({ wake: { held } }), { ...nothing, ...at }, now)).toBe(wait)
  })
})
