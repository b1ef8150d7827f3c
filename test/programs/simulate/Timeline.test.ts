import { describe, expect, it } from "vitest"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import * as EventLine from "../../../src/programs/dormouse/terminal/EventLine.ts"
import * as Format from "../../../src/programs/dormouse/terminal/Format.ts"
import * as Timeline from "../../../src/programs/simulate/Timeline.ts"
import type { Entry, StoredState } from "../../../src/programs/simulate/life/Wake.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const stamps = Format.dayStamps(30)

const options: Timeline.Options = {
  layout: { width: 110, stampWidth: stamps.width, paint: Format.plain },
  stamps,
  verbose: false,
  messages: false,
  sleeps: true,
  noun: "reading"
}

const nothingKept: StoredState = {
  bytes: 100,
  pending: 0,
  inFlight: 0,
  attemptCount: 0,
  acknowledged: 0,
  dropped: 0,
  nextTryMillis: 0
}

/** What a delivery needs before it, of 16 messages a round trip. */
const arrivals = (at: number, event: WakeEvent): ReadonlyArray<Entry> =>
  event._tag !== "Delivered" ? [] : range(event.count).map((index): Entry => ({
    _tag: "Message",
    at: at + Math.floor(index / 16) * 50,
    topic: "data/attic/data",
    payload: "{}",
    dup: false,
    toDevice: false
  }))

/** One wake at `at` in which `events` happen, all at once. */
const wake = (at: number, events: ReadonlyArray<WakeEvent>, kept: Partial<StoredState> = {}): ReadonlyArray<Entry> => {
  const all: ReadonlyArray<WakeEvent> = [{ _tag: "Woke", pending: 0, attemptCount: 0 }, {
    _tag: "Measured",
    sensor: "attic"
  }, ...events]
  return [
    ...all.flatMap((event): ReadonlyArray<Entry> => [...arrivals(at, event), { _tag: "Emitted", at, event }]),
    { _tag: "Stored", at, kept: { ...nothingKept, ...kept } },
    { _tag: "Emitted", at: at + 2_000, event: { _tag: "Sleeping", millis: 298_000, pending: kept.pending ?? 0 } }
  ]
}

const trying = (attempt: number): WakeEvent => ({ _tag: "Trying", attempt, pending: 1 })
const failed = (attempt: number, reason = "broker:1883 refused the connection"): WakeEvent => ({
  _tag: "TryFailed",
  attempt,
  error: "SocketError",
  reason
})
const delivered = (attempt: number, count = 1): ReadonlyArray<WakeEvent> => [
  trying(attempt),
  { _tag: "Connected", sessionPresent: true },
  { _tag: "Delivered", count, pending: 0 }
]
const waits = (at: number, pending: number, dropped = 0) =>
  wake(at, [...(dropped > 0 ? [{ _tag: "Dropped", count: dropped } as const] : []), {
    _tag: "Waiting",
    millis: hour,
    attemptCount: 3
  }], { pending })
const vain = (at: number, attempt: number, nextTryMillis: number) =>
  wake(at, [trying(attempt), failed(attempt)], { nextTryMillis, pending: 1 })

const render = (entries: ReadonlyArray<ReadonlyArray<Entry>>, changes: Partial<Timeline.Options> = {}) =>
  Timeline.render(entries.flat(), { ...options, ...changes })

const range = (count: number) => Array.from({ length: count }, (_, index) => index)

describe("the timeline", () => {
  it("shows consecutive wakes of one kind in one line", () => {
    expect(render(range(11).map((index) => waits(5 * day + (index + 1) * 5 * minute, index + 2)))).toEqual([
      "day 06 00:05:00 - 00:55:00   11 wakes      the policy waits: readings recorded, radio off; 12 pending",
      "day 06 00:55:02              kept          state of 100 bytes: 12 readings pending"
    ])
  })

  it("tells wakes that keep readings, and those that send them, in one line as long as they go on alike", () => {
    const cycle = (count: number, last = delivered(1, count)) => (_: unknown, index: number) =>
      range(count).map((each) =>
        wake((index * count + each) * 5 * minute, each < count - 1 ? [] : last, { pending: (each + 1) % count })
      ).flat()
    expect(render(range(4).map(cycle(6)))[0]).toBe(
      "day 01 00:00:00 - 01:55:00   24 wakes      6 readings every 30 min, in one round trip; 20 wakes between only"
    )
    expect(render(range(4).map(cycle(12)))[0]).toContain("12 readings every 1 h, in one round trip; 44 wakes between")
    // Two are told one by one, and so is one that is another.
    const labels = (lines: ReadonlyArray<string>) => lines.map((line) => line.slice(29, 40).trim())
    expect(labels(render(range(2).map(cycle(6))))).toEqual(["5 wakes", "delivered", "5 wakes", "delivered", "kept"])
    const fewer = cycle(6, delivered(1, 5))
    expect(labels(render([...range(3).map(cycle(6)), fewer(undefined, 3)])).filter((label) => / |ed|kept/.test(label)))
      .toEqual(["18 wakes", "5 wakes", "delivered", "kept"])
  })

  it("writes days, not seconds, where a line goes over midnight", () => {
    expect(render([wake(0, delivered(1)), wake(day, delivered(1))])[0]).toBe(
      "day 01 00:00 - day 02 00:00  2 wakes       1 reading each, at the first try; awake 2 s, asleep 4 min 58 s"
    )
  })

  it("shows tries that follow each other in one wake, and when the next may be", () => {
    const tries = [1, 2, 3].flatMap((attempt) => [trying(attempt), failed(attempt)])
    expect(render([wake(0, tries, { nextTryMillis: 2 * hour })])[0]).toBe(
      "day 01 00:00:00              tries 1-3     failed: broker:1883 refused the connection; next try in 2 h"
    )
  })

  it("shows tries that fail in different ways separately", () => {
    const lines = render([wake(0, [trying(1), failed(1, "no Wi-Fi"), trying(2), failed(2)], { nextTryMillis: hour })])
    expect(lines.slice(0, 2)).toEqual([
      "day 01 00:00:00              try 1         failed: no Wi-Fi",
      "                             try 2         failed: broker:1883 refused the connection; next try in 1 h"
    ])
  })

  it("says at a delivery how many were dropped since the last one", () => {
    const lines = render([waits(0, 10, 400), waits(hour, 10, 432), wake(2 * hour, delivered(4, 10)),
      wake(3 * hour, delivered(1))])
    expect(lines.slice(2, 5)).toEqual([
      "day 01 02:00:00              delivered     10 readings in one round trip at try 4 (832 were dropped while the",
      "                                           Server was away)",
      "day 01 03:00:00              delivered     1 reading in one round trip; awake 2 s, asleep 4 min 58 s"
    ])
  })

  it("counts the round trips of a large delivery", () => {
    expect(render([wake(0, delivered(2, 100))])[0]).toContain("100 readings in 7 round trips at try 2")
  })

  it("shows tries that fail in the same way again and again in one line, with what is between them", () => {
    const cycle = (
      index: number
    ) => [...vain(index * 6 * hour, index + 4, 6 * hour), ...waits(index * 6 * hour + hour, 32, 2),
      ...waits(index * 6 * hour + 2 * hour, 32, 1)]
    expect(render(range(4).map(cycle)).slice(0, 2)).toEqual([
      "day 01 00:00:00 - 20:00:00   tries 4-7     one every 6 h, failed the same way; between them 8 wakes with the",
      "                                           radio off; 12 dropped"
    ])
    expect(render(range(2).map(cycle))).toHaveLength(7)
  })

  it("shows a change of the world on a line of its own, after the state that the device keeps", () => {
    const lines = render([waits(0, 2), [{ _tag: "Turn", at: hour, title: "the Server is back" }],
      wake(hour, delivered(4, 3))])
    expect(lines.slice(1, 4)).toEqual([
      "day 01 00:00:02              kept          state of 100 bytes: 2 readings pending",
      "",
      "── day 01 01:00:00  the Server is back ".padEnd(110, "─")
    ])
  })

  it("shows what happened to a configuration, and an unchanged one only when the reason is new", () => {
    const check = (at: number, event: WakeEvent) => wake(at, [...delivered(1), event])
    const lines = render([
      check(0, { _tag: "ConfigUnchanged", reason: "none there" }),
      check(hour, { _tag: "ConfigAccepted", version: 2 }),
      check(2 * hour, { _tag: "ConfigRefused", reason: "mqtt.port must be smaller\nversion must be larger" }),
      check(3 * hour, { _tag: "ConfigUnchanged", reason: "none there" })
    ]).map((line) => line.slice(29)).filter((line) => line.startsWith("config"))
    expect(lines).toEqual([
      "config        unchanged: none there",
      "config        accepted: version 2 is stored and used from the next wake",
      "config        refused: mqtt.port must be smaller; version must be larger",
      "config        unchanged: none there"
    ])
  })

  it("says how a command was answered", () => {
    const words = (command: string, status: string, reason?: string) =>
      EventLine.command({ _tag: "Command", command, status, reason })
    expect(words("read", "done")).toBe("read: done")
    expect(words("reboot?[2J", "unknown", "this device knows read")).toBe("reboot?[2J: unknown: this device knows read")
    expect(words("", "refused", "it is no JSON")).toBe("refused: it is no JSON")
  })

  it("shows problems, and wakes that only measure", () => {
    const lines = render([wake(0, [{ _tag: "NotMeasured", sensor: "attic", reason: "no answer" }]), wake(hour, [])])
    expect(lines[0]).toBe("day 01 00:00:00              trouble       sensor attic: no answer")
    expect(lines[1]).toBe("day 01 01:00:00              1 wake        1 reading taken; awake 2 s, asleep 4 min 58 s")
  })

  it("gives every wake a line when it is verbose", () => {
    expect(render(range(5).map((index) => waits(index * hour, 1)), { verbose: true })).toHaveLength(6)
  })

  it("shows messages when asked, under their wake, and a duplicate as one", () => {
    const message: Entry = { _tag: "Message", at: 0, topic: "a/b", payload: "{}", dup: true, toDevice: false }
    const [woke, ...rest] = wake(0, delivered(1)) as [Entry, ...Array<Entry>]
    const entries = [[woke, message, ...rest]]
    expect(render(entries, { messages: true })[1]?.trim()).toBe("-> message  a/b  {}  (again, DUP 1)")
    expect(render(entries).join()).not.toContain("a/b")
  })

  it("shows the life of a device that never sleeps", () => {
    const told = (at: number, event: WakeEvent): Entry => ({ _tag: "Emitted", at, event })
    const lines = render([[
      told(0, { _tag: "Woke", pending: 0, attemptCount: 0 }),
      ...delivered(1).map((event) => told(0, event)),
      ...range(3).map((index) => told((index + 1) * minute, { _tag: "Measured", sensor: "attic" }))
    ]], { sleeps: false })
    expect(lines.map((line) => line.slice(0, 60).trimEnd())).toEqual([
      "day 01 00:00:00              delivered     1 reading in one",
      "day 01 00:01:00 - 00:03:00   3 times       3 readings taken"
    ])
  })

  it("keeps its lines within the width, and colours only what it is asked to", () => {
    const entries = [vain(0, 1, hour), ...range(5).map((index) => waits((index + 1) * hour, 32, 7))]
    for (const width of [80, 110]) {
      const narrow = Format.dayStamps(30, width < 100)
      const layout = { width, stampWidth: narrow.width, paint: Format.plain }
      for (const line of render(entries, { layout, stamps: narrow })) expect(line.length).toBeLessThanOrEqual(width)
    }
    expect(render(entries).join("")).not.toContain("\u001b")
    expect(render(entries, { layout: { ...options.layout, paint: Format.coloured } }).join("")).toContain("\u001b[31m")
  })
})

describe("of several Servers", () => {
  const at = (server: string, attempt: number, failure?: string): ReadonlyArray<WakeEvent> => [
    { _tag: "Trying", attempt, pending: 1, server },
    ...(failure === undefined ? [] : [failed(attempt, server + " " + failure)])
  ]

  it("wakes that try the first one again and again in vain, and deliver at the second, are one line", () => {
    const usual = (index: number) => wake(index * 5 * minute, [...at("two:1", 1), ...delivered(1).slice(1)])
    const probe = (index: number) =>
      wake(index * 5 * minute, [...at("one:1", 1, "is away"), ...at("two:1", 2), ...delivered(2).slice(1)])
    const days = range(40).map((index) => index % 10 === 9 ? probe(index) : usual(index))
    expect(render(days).map((line) => line.trim()).join(" ")).toBe(
      "day 01 00:00:00 - 03:15:00   40 wakes      1 reading each at two:1; one every 50 min first failed at " +
        "another Server: one:1 is away day 01 03:15:02              kept          state of 100 bytes: nothing pending"
    )
    expect(render(days, { verbose: true }).length).toBeGreaterThan(40)
  })

  it("tries that fail at one and then at the other are one line from where they go on in the same way", () => {
    const round = (index: number) => {
      const begins = index * 6 * hour
      const server = index % 2 === 0 ? "one:1" : "two:1"
      return [
        wake(begins, at(server, index + 4, "is away"), { nextTryMillis: index === 0 ? hour : 6 * hour, pending: 1 }),
        waits(begins + 5 * minute, 2)
      ]
    }
    const lines = render(range(6).flatMap(round))
    expect(lines.filter((line) => line.includes("try "))).toHaveLength(1)
    expect(lines.join(" ").replaceAll(/\s+/g, " ")).toContain(
      "tries 5-9 one every 6 h, failed in the same two ways in turn; between them 5 wakes with the radio off"
    )
  })
})

describe("a duration", () => {
  it.each([
    [0, "0 ms"],
    [850, "850 ms"],
    [1_940, "1.9 s"],
    [9_960, "10 s"],
    [298_100, "4 min 58 s"],
    [3_599_800, "1 h"],
    [7_198_000, "2 h"],
    [86_399_000, "1 day"],
    [100 * hour, "4 days 4 h"]
  ])("of %d ms is written %j", (millis, text) => {
    expect(Format.duration(millis)).toBe(text)
  })
})
