/** What gives way with `thin_older`: every second message of the older half, and nothing else. */
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as JournalRecord from "../../../src/domain/delivery/JournalRecord.ts"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import type { Journal } from "../../../src/domain/state/Journal.ts"
import * as JournalMemory from "../../../src/domain/state/JournalMemory.ts"
import * as Thinned from "../../../src/domain/state/Thinned.ts"
import { lookUp } from "../../../src/domain/wake/lookUp.ts"
import { makeRoom } from "../../../src/domain/wake/makeRoom.ts"
import { refill } from "../../../src/domain/wake/refill.ts"
import { spill } from "../../../src/domain/wake/spill.ts"
import type { Wake } from "../../../src/domain/wake/Wake.ts"
import { wakeOf } from "./support.ts"

interface Device {
  stored: DeviceState.DeviceState
  readonly memory: JournalMemory.JournalMemory
  readonly outbox: { readonly capacity: number; readonly bytes?: number }
}

const fresh = (capacity: number, bytes?: number): Device => ({
  stored: DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }),
  memory: JournalMemory.make(),
  outbox: { capacity, ...(bytes === undefined ? {} : { bytes }) }
})

const journalOf = ({ memory }: Device, { state: { thinned } }: Pick<Wake, "state">): Journal => {
  const { append, end, read, sheets } = JournalMemory.journal(memory)
  return { append: Thinned.appending(append, thinned), read: Thinned.reading(read, sheets, thinned), end, sheets }
}

const copyOf = (state: DeviceState.DeviceState): DeviceState.DeviceState =>
  Result.getOrThrow(DeviceState.decode(DeviceState.encode(state)))

const recall = (device: Device) => {
  const wake = wakeOf({ mqtt: { outbox: { ...device.outbox, when_full: "thin_older" } }, state: copyOf(device.stored) })
  if (wake.state.journal > 0) lookUp(wake, journalOf(device, wake))
  return wake
}

/** One wake that measures this, and whose writes all succeed. Gives how many messages it says to have dropped. */
const measure = (device: Device, ...messages: ReadonlyArray<Outbox.Message>): number => {
  const wake = recall(device)
  wake.state = { ...wake.state, outbox: Outbox.add(wake.state.outbox, messages) }
  for (let upTo = spill(wake, journalOf(device, wake)); upTo > 0; upTo = spill(wake, journalOf(device, wake))) {
    makeRoom(wake, upTo, journalOf(device, wake), journalOf(device, wake).sheets)
    device.stored = copyOf(wake.state)
  }
  device.stored = copyOf(wake.state)
  return wake.events.reduce((sum, event) => event._tag === "Dropped" ? sum + event.count : sum, 0)
}

const pending = (device: Device): ReadonlyArray<Outbox.Message> => {
  const { journal, outbox } = device.stored
  if (journal === 0) return outbox.entries
  const { records } = Result.getOrThrow(journalOf(device, { state: device.stored }).read(journal, Infinity))
  return [...outbox.entries, ...records.map(JournalRecord.decode)]
}

const numbers = (device: Device, topic = "s/data"): ReadonlyArray<number> =>
  pending(device).filter((one) => one.topic === topic).map(({ payload }) => Number(payload))

const reading = (number: number, topic = "s/data"): Outbox.Message => ({ topic, payload: String(number) })

const fill = (device: Device, count: number): number => {
  let dropped = 0
  for (let number = 0; number < count; number++) dropped += measure(device, reading(number))
  return dropped
}

const gaps = (all: ReadonlyArray<number>): ReadonlyArray<number> =>
  all.slice(1).map((number, index) => number - (all[index] as number))

describe("with thin_older", () => {
  it("every second message of the older half gives way, and nothing of the newer half or the snapshot", () => {
    const device = fresh(100)
    const dropped = fill(device, 108)
    const kept = numbers(device)
    expect(dropped).toBe(26)
    expect(kept.slice(0, 3)).toEqual([0, 1, 2])
    expect(kept.slice(3, 29)).toEqual(Array.from({ length: 26 }, (_, index) => 3 + 2 * index))
    expect(kept.slice(29)).toEqual(Array.from({ length: 53 }, (_, index) => 55 + index))
  })

  it("all of an outage is there, however long, in order, and the gaps grow no more than they must", () => {
    const device = fresh(100)
    let dropped = 0
    for (let number = 0; number < 6_000; number++) {
      dropped += measure(device, reading(number))
      if (number % 500 > 0) continue
      const kept = numbers(device)
      expect(kept.length + dropped).toBe(number + 1)
      expect(kept.length).toBeLessThanOrEqual(107)
      if (number > 200) expect(kept.length).toBeGreaterThan(60)
      expect(kept[0]).toBe(0)
      expect(kept.at(-1)).toBe(number)
      for (const gap of gaps(kept)) expect(gap).toBeGreaterThan(0)
      // At least a ninth of all that is pending covers what is older than the newer half.
      expect(Math.max(...gaps(kept))).toBeLessThanOrEqual(Math.max(2, 2 ** Math.ceil(Math.log2(number / 12))))
      expect(new Set(gaps(kept).slice(-40))).toEqual(number > 50 ? new Set([1]) : new Set(gaps(kept)))
    }
  })

  it("two sensors are thinned alike, and what is no reading stays", () => {
    const device = fresh(60)
    for (let number = 0; number < 400; number++) {
      measure(device, reading(number), reading(number, "t/data"))
      if (number === 30) measure(device, { topic: "config_status", payload: "taken" })
    }
    const [one, other] = [gaps(numbers(device)), gaps(numbers(device, "t/data"))]
    expect(Math.max(...one)).toBe(Math.max(...other))
    expect(Math.abs(one.length - other.length)).toBeLessThanOrEqual(2)
    expect([numbers(device)[0], numbers(device, "t/data")[0]]).toEqual([0, 0])
    expect(pending(device).filter(({ topic }) => topic === "config_status")).toHaveLength(1)
  })

  it("room in bytes is made in the same way, and the next wake has it", () => {
    const device = fresh(100_000, 4096)
    let dropped = 0
    for (let number = 0; number < 3_000; number++) {
      dropped += measure(device, { topic: "s/data", payload: String(number).padStart(60) })
      expect(numbers(device)[0]).toBe(0)
    }
    expect(numbers(device).length + dropped).toBe(3_000)
    expect(numbers(device).length).toBeGreaterThan(40)
    expect(Math.max(...gaps(numbers(device)))).toBeLessThanOrEqual(512)
  })

  it("what is kept is delivered in the order of taking, none twice, and no gap is taken for damage", () => {
    const device = fresh(80)
    fill(device, 1_000)
    const kept = numbers(device)
    const wake = recall(device)
    const delivered: Array<number> = []
    while (wake.state.journal > 0 || wake.state.outbox.entries.length > 0) {
      for (const { payload } of wake.state.outbox.entries) delivered.push(Number(payload))
      wake.state = { ...wake.state, outbox: { ...wake.state.outbox, entries: [] } }
      if (wake.state.journal > 0) refill(wake, 0, journalOf(device, wake))
    }
    expect(delivered).toEqual(kept)
    expect(wake.events.filter(({ _tag }) => _tag === "MemoryLost")).toEqual([])
    expect(wake.state.outbox.lastId).toBe(1_000)
  })

  it("a snapshot that was not written leaves all as it was, and its sheet is not written over", () => {
    const device = fresh(50)
    fill(device, 300)
    const before = numbers(device)
    const wake = recall(device)
    const { sheets } = journalOf(device, wake)
    const thinIt = () => makeRoom(wake, wake.state.journal + 1, journalOf(device, wake), sheets)
    thinIt()
    expect(wake.events).toContainEqual({ _tag: "Dropped", count: expect.any(Number) as number })
    wake.isUnsaved = true
    // Something else gives way, for what is in flash still counts.
    thinIt()
    expect(numbers(device)).toEqual(before)
  })

  it("where the sheet cannot be written, something else gives way, which is told", () => {
    const device = fresh(50)
    fill(device, 56)
    const wake = recall(device)
    const journal = journalOf(device, wake)
    const before = DeviceState.pending(wake.state)
    makeRoom(wake, wake.state.journal + 7, journal, {
      ...journal.sheets,
      open: () => Result.fail({ message: "the flash is full" })
    })
    expect(wake.events.map(({ _tag }) => _tag)).toEqual(["NotSaved", "Dropped"])
    expect(before - DeviceState.pending(wake.state)).toBeLessThanOrEqual(4)
  })

  it("one that has rotted is told, and takes no other with it", () => {
    const device = fresh(50)
    fill(device, 56)
    const wake = recall(device)
    const journal = journalOf(device, wake)
    const lost = wake.state.journal + 4
    const end = Result.getOrThrow(journal.end())
    const read: Journal["read"] = (from, most) => {
      const records: Array<Uint8Array> = []
      let next = from
      for (let at = from; at < end && records.length < most; at++) {
        if (at === lost) continue
        records.push(...Result.getOrThrow(journal.read(at, 1)).records)
        next = at + 1
      }
      return Result.succeed({ records, next })
    }
    makeRoom(wake, wake.state.journal + 3, { read }, journal.sheets)
    expect(wake.events).toContainEqual(
      { _tag: "MemoryLost", what: "journal", reason: "1 of the messages in it cannot be read" }
    )
    device.stored = copyOf(wake.state)
    expect(numbers(device).length).toBe(56 - 1 - device.stored.outbox.dropped)
    expect(numbers(device)).not.toContain(11)
  })

  it("ids that are known of messages in the journal go on meaning the same ones", () => {
    const device = fresh(50)
    fill(device, 56)
    const wake = recall(device)
    const idOf = (number: number): number => number + 1
    wake.state = {
      ...wake.state,
      selection: [idOf(40), {}],
      clock: { last: 0, next: 0, lost: idOf(20), doubted: 0 }
    }
    makeRoom(wake, wake.state.journal + 3, journalOf(device, wake), journalOf(device, wake).sheets)
    const { clock, selection } = wake.state
    device.stored = copyOf(wake.state)
    const at = (id: number): number | undefined =>
      numbers(device)[wake.state.outbox.entries.length + id - wake.state.outbox.lastId - 1]
    expect(at(selection?.[0] ?? 0)).toBe(40)
    // 20 itself may have given way; what came before it was from before the clock started over, and nothing else was.
    expect(at(clock?.lost ?? 0)).toBeGreaterThanOrEqual(19)
    expect(at(clock?.lost ?? 0)).toBeLessThanOrEqual(20)
  })
})

describe("an Outbox that has no journal", () => {
  it("thins out in memory", () => {
    const device = fresh(6)
    expect(fill(device, 7)).toBe(2)
    expect(numbers(device)).toEqual([0, 2, 4, 5, 6])
    expect(fill(fresh(2), 50)).toBe(48)
    const two = fresh(2)
    fill(two, 50)
    expect(numbers(two)).toEqual([0, 49])
    const one = fresh(1)
    fill(one, 9)
    expect(numbers(one)).toEqual([8])
  })

  it("leaves what is in flight, and words about the configuration", () => {
    const entries = ["s/data", "s/data", "config_status", "s/data", "s/data", "s/data"]
      .map((topic, index): Outbox.Entry => ({ id: index + 1, topic, payload: "" }))
    const evicted = Outbox.evict(entries, { capacity: 4, whenFull: "thin_older", isFixed: (id) => id <= 2 })
    expect(evicted.map(({ id }) => id)).toEqual([5, 4])
    expect(entries.map(({ id }) => id)).toEqual([1, 2, 3, 6])
  })
})
