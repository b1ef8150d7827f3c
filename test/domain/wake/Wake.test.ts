import { describe, expect, it } from "vitest"
import { crc32 } from "../../../src/domain/bytes/Crc32.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Wake from "../../../src/domain/wake/Wake.ts"
import { type Flight, type Given, inFlightIn, patchOf, stateOf, wakeOf } from "./support.ts"

const twelve = "a b c d e f g h i j k l"

const fresh = (...entries: ReadonlyArray<number>): ReadonlyArray<Flight> => entries.map((entry) => [entry, entry])

describe("what gets a Packet Identifier", () => {
  it.each<readonly [name: string, given: Given, inFlight: ReadonlyArray<Flight>]>([
    ["nothing where nothing is pending", {}, []],
    ["all of what is pending", { pending: "a b" }, fresh(1, 2)],
    ["no more than seven messages", { pending: twelve }, fresh(1, 2, 3, 4, 5, 6, 7)],
    ["seven after one wake that ended while it sent", { pending: twelve, state: { unfinished: 1 } },
      fresh(1, 2, 3, 4, 5, 6, 7)],
    ["four after two such wakes", { pending: twelve, state: { unfinished: 2 } }, fresh(1, 2, 3, 4)],
    ["four after more of them", { pending: twelve, state: { unfinished: 9 } }, fresh(1, 2, 3, 4)],
    ["what has one keeps it", { pending: "a b", inFlight: [[7, 1, "dup"]] }, [[7, 1, "dup"], [8, 2]]],
    ["what is held back gets none", { pending: "a b c", wake: { held: [1, 3] } }, [[1, 2]]]
  ])("%s", (_, given, expected) => {
    const wake = wakeOf(given)
    Wake.assign(wake)
    expect(inFlightIn(wake.state)).toEqual(expected)
  })

  it("a state in which nothing is to be assigned stays the value that it was", () => {
    const wake = wakeOf({ pending: "a", inFlight: [[1, 1]] })
    const { state } = wake
    Wake.assign(wake)
    expect(wake.state).toBe(state)
  })
})

it.each(
  [[0, false], [1, false], [2, true], [3, true]]
)("after %i wakes that ended while they sent, careful: %s", (unfinished, expected) => {
  expect(Wake.isCareful(wakeOf({ state: { unfinished } }))).toBe(expected)
})

describe("under a prefix", () => {
  const prefix = crc32(Bytes.fromText("p"))
  const given: Given = { pending: "a b", inFlight: [[7, 1, "dup"]], state: { prefix } }

  it("that is the same nothing changes", () => {
    const state = stateOf(given)
    expect(Wake.underPrefix(state, "p")).toBe(state)
  })

  it("that is another one nothing is in flight, all is pending, and Packet Identifiers go on", () => {
    const other = crc32(Bytes.fromText("p/"))
    const state = Wake.underPrefix(stateOf(given), "p/")
    expect(patchOf(stateOf(given), state)).toEqual({ prefix: other, session: { inFlight: [], lastIdentifier: 7 } })
    const wake = { state, held: [] }
    Wake.assign(wake)
    expect(inFlightIn(wake.state)).toEqual([[8, 1], [9, 2]])
  })
})

describe("a try that begins", () => {
  it.each<readonly [name: string, attemptCount: number, lastAttemptTime: number, now: number, draw: number]>([
    ["the first", 0, 0, 5_000, 0],
    ["one after a failure", 3, 5_000, 9_000, 0.25],
    ["one after the clock was set back", 3, 5_000, 1_000, 1]
  ])("%s counts from its beginning", (_, attemptCount, lastAttemptTime, now, draw) => {
    const wake = wakeOf({ attemptCount: 9, lastAttemptTime: 1 })
    Wake.beginTry(wake, now, { attemptCount, lastAttemptTime, draw: 0.5 }, draw)
    expect(patchOf(stateOf({}), wake.state)).toEqual(
      { reconnect: { attemptCount: attemptCount + 1, lastAttemptTime: now, draw } }
    )
  })
})
