import { describe, expect, it } from "vitest"
import { date } from "../../../src/domain/wake/dating.ts"
import { isKnown, isoText, leastKnownMillis, mostKnownMillis } from "../../../src/domain/time/known.ts"
import { type Flight, type Given, stateOf } from "./support.ts"

const at2210 = Date.UTC(2026, 10, 29, 22, 10)

interface Row {
  readonly given?: Given
  /** The payloads of what is pending. */
  readonly payloads?: ReadonlyArray<string>
  readonly pending?: string
  readonly inFlight?: ReadonlyArray<Flight>
  readonly startedAt?: number
  readonly now?: number
  readonly lost?: number
  readonly all?: boolean
  readonly becomes: ReadonlyArray<string>
}

const reading = (uptime: number): string => `{"temperature":21.4,"humidity":48.2,"uptime":${uptime},"unit":"C"}`
const dated = (uptime: number, time: string): string => reading(uptime).slice(0, -1) + `,"time":"${time}"}`

const become = (row: Row): ReadonlyArray<string> => {
  const { all, inFlight = [[1, 1]], lost, now = at2210 + 60_000, pending = "s/data", payloads = [reading(0)] } = row
  const state = stateOf({ pending, inFlight })
  const entries = state.outbox.entries.map((entry, i) => ({ ...entry, payload: payloads[i] as string }))
  const clock = lost === undefined ? undefined : { last: 0, next: 0, lost, doubted: 0 }
  const given = { ...state, startedAt: row.startedAt ?? at2210, clock, outbox: { ...state.outbox, entries } }
  return date(given, now, all).outbox.entries.map(({ payload }) => payload)
}

const rows: Readonly<Record<string, Row>> = {
  "a reading of the first second": { becomes: [dated(0, "2026-11-29T22:10:00Z")] },
  "whole seconds, rounded down": { startedAt: at2210 + 999, becomes: [dated(0, "2026-11-29T22:10:00Z")] },
  "one of a day later": { payloads: [reading(86_400)], becomes: [dated(86_400, "2026-11-30T22:10:00Z")] },
  "one over the end of the year": {
    startedAt: Date.UTC(2027, 11, 31, 23, 59, 59),
    payloads: [reading(1)],
    becomes: [dated(1, "2028-01-01T00:00:00Z")]
  },
  "one of a device that measures no temperature": {
    payloads: [`{"humidity":48.2,"uptime":0}`],
    becomes: [`{"humidity":48.2,"uptime":0,"time":"2026-11-29T22:10:00Z"}`]
  },
  "no reading, while the clock is not known": {
    startedAt: 0,
    now: 3_600_000,
    payloads: [reading(3_600)],
    becomes: [reading(3_600)]
  },
  "no reading, where the clock shows the moment before it is known": {
    startedAt: leastKnownMillis - 1,
    now: leastKnownMillis - 1,
    becomes: [reading(0)]
  },
  "a reading at the moment from which it is": {
    startedAt: leastKnownMillis,
    now: leastKnownMillis,
    becomes: [dated(0, "2026-01-01T00:00:00Z")]
  },
  "no reading of which that would be before": {
    startedAt: 0,
    payloads: [reading(3_600)],
    becomes: [reading(3_600)]
  },
  "a reading that was dated before as it is": {
    payloads: [dated(0, "2026-11-28T00:00:00Z")],
    becomes: [dated(0, "2026-11-28T00:00:00Z")]
  },
  "nothing that was sent, or may have been": { inFlight: [[1, 1, "dup"]], becomes: [reading(0)] },
  "what has a Packet Identifier, and not what has none": {
    pending: "s/data s/data",
    payloads: [reading(0), reading(60)],
    becomes: [dated(0, "2026-11-29T22:10:00Z"), reading(60)]
  },
  "all that was not sent, where that is asked for": {
    pending: "s/data t/data s/data",
    payloads: [reading(0), reading(60), reading(120)],
    inFlight: [[7, 1, "dup"]],
    all: true,
    becomes: [reading(0), dated(60, "2026-11-29T22:11:00Z"), dated(120, "2026-11-29T22:12:00Z")]
  },
  "nothing from before a clock started over that was not known": {
    pending: "s/data s/data s/data",
    payloads: [reading(0), reading(60), reading(120)],
    lost: 2,
    all: true,
    becomes: [reading(0), reading(60), dated(120, "2026-11-29T22:12:00Z")]
  },
  "no plain value, and no word about an update": {
    pending: "s/temperature config_status",
    payloads: ["21.4", `{"device":"d","version":1,"status":"accepted"}`],
    inFlight: [[1, 1], [2, 2]],
    becomes: ["21.4", `{"device":"d","version":1,"status":"accepted"}`]
  }
}

describe("what is about to be sent says when it was taken:", () => {
  it.each(Object.entries(rows))("%s", (_, row) => {
    expect(become(row)).toEqual(row.becomes)
  })

  it("and is the same state where nothing changes", () => {
    const state = stateOf({ pending: "config_status", inFlight: [[1, 1]] })
    expect(date(state, at2210)).toBe(state)
    expect(date(state, 0)).toBe(state)
  })
})

describe("a clock", () => {
  it.each([
    [0, false],
    [Date.UTC(2025, 11, 31, 23, 59, 59, 999), false],
    [Date.UTC(2026, 0, 1), true],
    [Date.UTC(2099, 11, 31, 23, 59, 59, 999), true],
    [Date.UTC(2100, 0, 1), false],
    [NaN, false]
  ])("that shows %d is known: %s", (at, expected) => {
    expect(isKnown(at)).toBe(expected)
  })

  it("is known within this century, and told in whole seconds", () => {
    expect([isoText(leastKnownMillis), isoText(mostKnownMillis - 1)]).toEqual(["2026-01-01T00:00:00Z",
      "2099-12-31T23:59:59Z"])
  })
})
