/** What is sent straight from the journal, held to what the Server and the flash see of it. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { flightInPlace } from "../../../src/domain/delivery/flightInPlace.ts"
import * as JournalRecord from "../../../src/domain/delivery/JournalRecord.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import type { Journal } from "../../../src/domain/state/Journal.ts"
import * as Outgoing from "../../../src/domain/packet/Outgoing.ts"
import * as JournalMemory from "../../../src/domain/state/JournalMemory.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import * as Backlog from "../../../src/domain/wake/Backlog.ts"
import * as InPlace from "../../../src/domain/wake/InPlace.ts"
import { connack, type Given, inFlightIn, opened, puback, takeAll, type TestWake, wakeOf, written } from "./support.ts"

const at = 1_000

/** What is in flight in place: the Packet Identifier of the first, how many, and whether they may have been sent. */
type InPlaceRow = readonly [first: number, count: number, dup: boolean] | undefined

const inPlaceOf = ({ session }: DeviceState.DeviceState): InPlaceRow => {
  const flight = flightInPlace(session)
  return flight && [flight.first, flight.count, flight.dup]
}

/** The state of a Session with such a row. */
const flying = (first: number, count: number): Partial<DeviceState.DeviceState> => ({
  session: { inFlight: [{ packetIdentifier: first, entry: -1 - count, dup: true }], lastIdentifier: first + count - 1 }
})

/** As many messages lie in the journal, `r1` and so on, behind those of the Outbox. */
const make = (count: number, given: Given = {}) => {
  const memory = JournalMemory.make()
  const journal = JournalMemory.journal(memory)
  for (let number = 1; number <= count; number++) {
    journal.append(JournalRecord.encode({ topic: "s/data", payload: "r" + number }, undefined), 1, Infinity)
  }
  const wake = wakeOf({ ...given, state: { journal: 1, journaled: count, ...given.state } })
  return { journal, wake }
}

const restarted = (state: DeviceState.DeviceState, isSending: boolean): DeviceState.DeviceState =>
  Result.getOrThrow(DeviceState.decode(DeviceState.encode(state, isSending)))

/** What is written next, after the acknowledgements were taken that have come. */
const next = (attempt: Attempt.Attempt, journal: Journal): Outgoing.Outgoing => {
  const { wake } = attempt
  InPlace.settle(attempt)
  const packets = wake.inPlace && !wake.inPlace.isWritten ? InPlace.next(wake, journal) : Outgoing.none
  if (Outgoing.isNone(packets)) InPlace.settle(attempt)
  return packets
}

/** Everything that is written of them now. */
const writtenOf = (attempt: Attempt.Attempt, journal: Journal): ReadonlyArray<string> => {
  const packets = next(attempt, journal)
  return Bytes.length(packets.bytes) === 0 ? [] : [...written(packets), ...writtenOf(attempt, journal)]
}

/** A connection on which all of them were written, and that the Server accepted. */
const connected = (wake: TestWake, journal: Journal) => {
  InPlace.assign(wake, at, journal)
  const attempt = opened(wake)
  const packets = writtenOf(attempt, journal)
  takeAll(attempt, connack(0, true))
  return { attempt, packets }
}

/** Those in the Outbox. */
const published = ({ state }: TestWake) => inFlightIn(state).filter(([, entry]) => entry > 0)

const publish = (packetIdentifier: number, number: number, dup = ""): string =>
  `PUBLISH ${packetIdentifier} p/s/data r${number}${dup}`

describe("which messages are sent in place", () => {
  it.each<readonly [name: string, count: number, given: Given, expected: InPlaceRow]>([
    ["all, where they are few", 5, {}, [1, 5, false]],
    ["a window of them", 100, {}, [1, InPlace.most, false]],
    ["what has room beside the Outbox", 100, { pending: "a b", inFlight: [[1, 1], [2, 2]] }, [3, InPlace.most - 2,
      false]],
    ["with Packet Identifiers that follow one another", 3, {
      state: { session: { inFlight: [], lastIdentifier: 65_533 } }
    }, [1, 3, false]],
    ["none, where these are in use", 3, {
      pending: "a",
      inFlight: [[2, 1]],
      state: { session: { inFlight: [{ packetIdentifier: 2, entry: 1, dup: true }], lastIdentifier: 65_535 } }
    }, undefined],
    ["those of the connection before", 9, { state: flying(7, 3) }, [7, 3, true]],
    ["none, where nobody knows how many there are", 9, { state: { journaled: 0 } }, undefined],
    ["none beside suspects", 9, { pending: "a", state: { suspects: [[1, 1]] } }, undefined],
    ["none beside what is held back", 9, { pending: "a", wake: { held: [1] } }, undefined],
    ["none, where the last wakes died of what they sent", 9, { state: { unfinished: 2 } }, undefined],
    ["none on a device that is always on", 9, { file: { deep_sleep: false } }, undefined],
    ["none, where the older half is thinned out", 9, { mqtt: { outbox: { capacity: 100, when_full: "thin_older" } } },
      undefined],
    ["none, where more is in the Outbox than one window has", 9, { pending: "a b c d e f g h" }, undefined]
  ])("%s", (_, count, given, expected) => {
    const { journal, wake } = make(count, given)
    InPlace.assign(wake, at, journal)
    expect(inPlaceOf(wake.state)).toEqual(expected)
    expect(wake.inPlace !== undefined).toBe(expected !== undefined)
    if (expected) expect(wake.state.session.lastIdentifier).toBeGreaterThanOrEqual(expected[2] ? 0 : expected[1])
  })

  it("none, where one of them cannot be read: nobody knows which of them the others are", () => {
    const { journal, wake } = make(9)
    const read: Journal["read"] = (from, most) =>
      Result.map(journal.read(from, most), ({ next, records }) => ({ next, records: records.slice(1) }))
    InPlace.assign(wake, at, { ...journal, read })
    expect(inPlaceOf(wake.state)).toBeUndefined()
  })

  it("none that gets its time only now, for what was sent once is sent again byte for byte", () => {
    const { journal: readings, wake: later } = make(0, { state: { journaled: 2 } })
    for (const more of [",\"time\":\"2027-01-15T08:00:00Z\"", ""]) {
      const payload = "{\"uptime\":7" + more + "}"
      readings.append(JournalRecord.encode({ topic: "s/data", payload }, undefined), 1, Infinity)
    }
    const known = 1_800_000_000_000
    later.state = { ...later.state, startedAt: known - 60_000 }
    InPlace.assign(later, known, readings)
    expect(inPlaceOf(later.state)).toEqual([1, 1, false])
    later.state = { ...later.state, session: { inFlight: [], lastIdentifier: 1 } }
    InPlace.assign(later, at, readings)
    expect(inPlaceOf(later.state)).toEqual([2, 2, false])
  })
})

describe("what flash knows of them", () => {
  it("before they are sent, all of it, for then they may have been", () => {
    const { journal, wake } = make(5)
    InPlace.assign(wake, at, journal)
    expect(inPlaceOf(restarted(wake.state, true))).toEqual([1, 5, true])
    expect(inPlaceOf(restarted(wake.state, false))).toEqual([1, 5, false])
  })
})

describe("a window that is sent in place", () => {
  it("is written a few at a time, once, and acknowledged in order", () => {
    const { journal, wake } = make(6)
    const { attempt, packets } = connected(wake, journal)
    expect(packets).toEqual([1, 2, 3, 4, 5, 6].map((each) => publish(each, each)))
    takeAll(attempt, ...[1, 2, 3].map(puback))
    expect(writtenOf(attempt, journal)).toEqual([])
    expect(wake.state).toMatchObject({ journal: 4, journaled: 3, outbox: { lastId: 3 } })
    expect(inPlaceOf(wake.state)).toEqual([4, 3, false])
    takeAll(attempt, ...[4, 5, 6].map(puback))
    next(attempt, journal)
    expect(wake.state).toMatchObject({ journal: 0, journaled: 0, outbox: { lastId: 6 } })
    expect([attempt.delivered, attempt.unexpected]).toEqual([6, undefined])
  })

  it("takes no acknowledgement twice, nor one of what was not written on this connection", () => {
    const { journal, wake } = make(6)
    InPlace.assign(wake, at, journal)
    const attempt = opened(wake)
    expect(written(next(attempt, journal))).toHaveLength(InPlace.atOnce)
    takeAll(attempt, connack(), puback(1), puback(1), puback(5), puback(99))
    InPlace.parted(attempt, journal)
    expect([attempt.delivered, attempt.unexpected?.packetIdentifier]).toEqual([1, 1])
    // The second is at the head of the Outbox now, and the last that was written is the third.
    expect(wake.state).toMatchObject({ journal: 3 })
    expect(inPlaceOf(wake.state)).toEqual([3, 1, true])
  })

  it("is what a connection that ends leaves: the first may be suspected, all are sent again with DUP", () => {
    const { journal, wake } = make(6)
    const { attempt } = connected(wake, journal)
    takeAll(attempt, puback(1), puback(2))
    InPlace.parted(attempt, journal)
    expect(attempt.sent).toEqual([3])
    expect(wake.state.outbox.entries).toEqual([{ id: 3, topic: "s/data", payload: "r3" }])
    expect(published(wake)).toEqual([[3, 3, "dup"]])
    expect(wake.state).toMatchObject({ journal: 4, journaled: 3 })
    expect(inPlaceOf(wake.state)).toEqual([4, 3, true])
    const again = connected(wake, journal)
    expect(again.packets).toEqual([4, 5, 6].map((each) => publish(each, each, " DUP")))
  })

  it("suspects nothing before CONNACK, and forgets what was never written", () => {
    const { journal, wake } = make(6)
    InPlace.assign(wake, at, journal)
    const attempt = opened(wake)
    next(attempt, journal)
    InPlace.parted(attempt, journal)
    expect(attempt.sent).toEqual([])
    expect(wake.state).toMatchObject({ journal: 1, journaled: 6 })
    expect(inPlaceOf(wake.state)).toEqual([1, InPlace.atOnce, true])
    const { journal: other, wake: unsent } = make(6)
    InPlace.assign(unsent, at, other)
    InPlace.parted(opened(unsent), other)
    expect(inPlaceOf(unsent.state)).toBeUndefined()
  })

  it("loses none where a Server acknowledges the later ones first, and sends none again that it has", () => {
    const { journal, wake } = make(6)
    const { attempt } = connected(wake, journal)
    takeAll(attempt, ...[2, 4].map(puback))
    InPlace.parted(attempt, journal)
    expect(attempt.delivered).toBe(2)
    expect(wake.state.outbox.entries.map(({ payload }) => payload)).toEqual(["r1", "r3", "r5"])
    expect(published(wake)).toEqual([[1, 1, "dup"], [3, 3, "dup"], [5, 5, "dup"]])
    expect(wake.state).toMatchObject({ journal: 6, journaled: 1 })
    expect(inPlaceOf(wake.state)).toEqual([6, 1, true])
  })

  it("is as long as what can be read of it, and the rest comes after it", () => {
    const { journal, wake } = make(9)
    InPlace.assign(wake, at, journal)
    const attempt = opened(wake)
    next(attempt, journal)
    const damaged: Journal = { ...journal, read: (from) => Result.succeed({ records: [], next: from + 2 }) }
    expect(written(next(attempt, damaged))).toEqual([])
    expect(inPlaceOf(wake.state)).toEqual([1, InPlace.atOnce, false])
  })

  it("keeps its Packet Identifiers while flash does not answer, and is sent on when it does", () => {
    const { journal, wake } = make(9, { state: flying(1, 9) })
    InPlace.assign(wake, at, journal)
    const attempt = opened(wake)
    next(attempt, journal)
    takeAll(attempt, connack())
    const failing: Journal = { ...journal, read: () => Result.fail({ message: "the flash does not answer" }) }
    expect(written(next(attempt, failing))).toEqual([])
    expect(inPlaceOf(wake.state)).toEqual([1, 9, true])
    expect(written(next(attempt, journal))).toEqual([4, 5, 6].map((each) => publish(each, each, " DUP")))
    takeAll(attempt, ...[1, 2, 3, 4, 5, 6].map(puback))
    expect(written(next(attempt, failing))).toEqual([])
    expect(inPlaceOf(wake.state)).toEqual([7, 3, true])
    // Nothing of it is asked for any more in this wake.
    InPlace.assign(wake, at, failing)
    expect([wake.inPlace, wake.isResting]).toEqual([undefined, true])
    InPlace.parted(attempt, failing)
    expect(inPlaceOf(wake.state)).toEqual([7, 3, true])
  })
})

it("comes into the Outbox in flight, where something is held back", () => {
  const { journal, wake } = make(6, { state: flying(7, 4) })
  expect(Backlog.take(wake, 3, journal)).toBe(true)
  expect(published(wake)).toEqual([[7, 1, "dup"], [8, 2, "dup"], [9, 3, "dup"]])
  expect(wake.state).toMatchObject({ journal: 4 })
  expect(inPlaceOf(wake.state)).toEqual([10, 1, true])
  expect(Backlog.take(wake, 3, journal)).toBe(true)
  expect(published(wake).at(-1)).toEqual([10, 4, "dup"])
  expect(wake.state).toMatchObject({ journal: 0 })
})
