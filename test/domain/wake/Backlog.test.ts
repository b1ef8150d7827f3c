/** The Outbox and the journal behind it, held to a model: what is pending is a list, whatever lies where. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as JournalMemory from "../../../src/domain/state/JournalMemory.ts"
import * as Thinned from "../../../src/domain/state/Thinned.ts"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import type { Journal } from "../../../src/domain/state/Journal.ts"
import { lookUp } from "../../../src/domain/wake/lookUp.ts"
import { makeRoom } from "../../../src/domain/wake/makeRoom.ts"
import { flightInPlace } from "../../../src/domain/delivery/flightInPlace.ts"
import * as InPlace from "../../../src/domain/wake/InPlace.ts"
import { refill } from "../../../src/domain/wake/refill.ts"
import { spill } from "../../../src/domain/wake/spill.ts"
import type { Wake } from "../../../src/domain/wake/Wake.ts"
import { wakeOf } from "./support.ts"

interface Device {
  /** In flash. */
  stored: DeviceState.DeviceState
  readonly memory: JournalMemory.JournalMemory
}

interface Access {
  readonly journal: Journal
  readonly save: () => void
}

type Policy = Outbox.Policy["whenFull"]

const recalled = (device: Device, capacity: number, whenFull: Policy) => {
  const wake = wakeOf({ mqtt: { outbox: { capacity, when_full: whenFull } }, state: copyOf(device.stored) })
  const access = accessOf(device, wake)
  if (wake.state.journal > 0) lookUp(wake, access.journal)
  return { wake, access }
}

const copyOf = (state: DeviceState.DeviceState): DeviceState.DeviceState =>
  Result.getOrThrow(DeviceState.decode(DeviceState.encode(state)))

const accessOf = (device: Device, wake: Wake): Access => ({
  get journal(): Journal {
    const { append, end, read, sheets } = JournalMemory.journal(device.memory)
    const { thinned } = wake.state
    return { append: Thinned.appending(append, thinned), read: Thinned.reading(read, sheets, thinned), end, sheets }
  },
  save: () => {
    device.stored = copyOf(wake.state)
  }
})

const measure = (wake: Wake, access: Access, payload: string): void => {
  wake.state = { ...wake.state, outbox: Outbox.add(wake.state.outbox, [{ topic: "s/value", payload }]) }
  for (let upTo = spill(wake, access.journal); upTo > 0; upTo = spill(wake, access.journal)) {
    makeRoom(wake, upTo, access.journal, access.journal.sheets)
    access.save()
  }
}

/** All that is pending, by what flash holds. */
const pending = ({ memory, stored }: Device): ReadonlyArray<string> => {
  const rest = stored.journal === 0 ? []
    : Result.getOrThrow(
      Thinned.reading(JournalMemory.journal(memory).read, JournalMemory.journal(memory).sheets, stored.thinned)(
        stored.journal,
        Infinity
      )
    ).records.map((bytes) => new TextDecoder().decode(bytes).split("\0")[1])
  return [...stored.outbox.entries.map(({ payload }) => payload), ...rest as ReadonlyArray<string>]
}

const fresh = (): Device => ({
  stored: DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 }),
  memory: JournalMemory.make()
})

/** A device recalls what it has measured in so many wakes: r0, r1, ... */
const after = (count: number) => {
  const device = fresh()
  const recall = () => recalled(device, 10_000, "drop_oldest")
  for (let number = 0; number < count; number++) {
    const { access, wake } = recall()
    measure(wake, access, "r" + number)
    access.save()
  }
  return recall()
}

describe("what is pending", () => {
  it("is what a model holds, in order, through wakes that measure, deliver, and are cut before they remember", () => {
    const step = fc.record({
      readings: fc.integer({ min: 0, max: 4 }),
      delivered: fc.integer({ min: 0, max: 40 }),
      isCut: fc.boolean()
    })
    fc.assert(fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), (steps) => {
      const device = fresh()
      let model: Array<string> = []
      let count = 0
      for (const { delivered, isCut, readings } of steps) {
        const { access, wake } = recalled(device, 10_000, "drop_oldest")
        expect(DeviceState.pending(wake.state)).toBe(model.length)
        const before = device.memory.records.length + device.memory.first
        for (let i = 0; i < readings; i++) measure(wake, access, "r" + count++)
        // What is in the journal is remembered at once, where flash knows of one; all else with the snapshot.
        const written = device.memory.records.length + device.memory.first - before
        const all = model.concat(Array.from({ length: readings }, (_, i) => "r" + (count - readings + i)))
        if (isCut) {
          model = device.stored.journal > 0 ? all.slice(0, model.length + written) : model
          expect(pending(device)).toEqual(model)
          continue
        }
        access.save()
        expect(pending(device)).toEqual(all)
        let left = delivered
        model = all
        while (left > 0 && model.length > 0) {
          const flight = flightInPlace(wake.state.session)
          if (wake.inPlace && flight) {
            const count = Math.min(left, flight.count)
            InPlace.leave(wake, count)
            model = model.slice(count)
            left -= count
            continue
          }
          const [first] = wake.state.outbox.entries
          if (first === undefined) {
            InPlace.assign(wake, 0, access.journal)
            if (!wake.inPlace) refill(wake, 0, access.journal)
            access.save()
            continue
          }
          expect(first.payload).toBe(model[0])
          wake.state = { ...wake.state, outbox: Outbox.remove(wake.state.outbox, first.id) }
          model = model.slice(1)
          left--
        }
        access.save()
        expect(pending(device)).toEqual(model)
        expect(device.stored.outbox.entries.length).toBeLessThanOrEqual(Outbox.maxEntries)
      }
    }))
  })

  it.each([
    ["drop_oldest", 30, (all: ReadonlyArray<string>) => all.slice(-40), (all: ReadonlyArray<string>) => all.slice(-30)],
    ["drop_newest", 30, (all: ReadonlyArray<string>) => all.slice(0, 30),
      (all: ReadonlyArray<string>) => all.slice(0, 30)]
  ] as const)("that is more than the capacity gives way: %s", (whenFull, capacity, most, least) => {
    const device = fresh()
    const all: Array<string> = []
    let dropped = 0
    for (let count = 0; count < 200; count++) {
      const { access, wake } = recalled(device, capacity, whenFull)
      all.push("r" + count)
      measure(wake, access, "r" + count)
      access.save()
      dropped += wake.events.reduce((sum, event) => event._tag === "Dropped" ? sum + event.count : sum, 0)
      const kept = pending(device)
      expect(most(all)).toEqual(expect.arrayContaining([...kept]))
      expect(kept).toEqual(expect.arrayContaining([...least(all)]))
      expect(kept.length + dropped).toBe(all.length)
    }
    expect(dropped).toBeGreaterThan(100)
  })

  it("writes no snapshot once its journal is known", () => {
    const { access, wake } = after(15)
    const before = DeviceState.encode(wake.state)
    measure(wake, access, "one more")
    expect(DeviceState.encode(wake.state)).toEqual(before)
    expect(DeviceState.pending(wake.state)).toBe(16)
  })

  it("beside what is held back gives way no more than there is to make room for", () => {
    const { access, wake } = after(20)
    wake.held = wake.state.outbox.entries.map(({ id }) => id)
    refill(wake, 0, access.journal)
    const size = Outbox.size(wake.state.outbox)
    expect(size).toBe(2 * Outbox.maxEntries)
    makeRoom(wake, wake.state.journal + 3, access.journal, access.journal.sheets)
    expect(Outbox.size(wake.state.outbox)).toBe(size)
    expect(wake.events).toEqual([{ _tag: "Dropped", count: 3 }])
  })

  it("waits behind its topic, too, where flash fails after a part of it", () => {
    const { access, wake } = after(20)
    const [first] = wake.state.outbox.entries as [Outbox.Entry]
    wake.held = wake.state.outbox.entries.map(({ id }) => id)
    wake.state = { ...wake.state, suspects: [[first.id, 2]] }
    const { read } = access.journal
    let reads = 0
    refill(wake, 0, { read: (from, most) => ++reads === 1 ? read(from, most) : Result.fail({ message: "no answer" }) })
    const ids = wake.state.outbox.entries.map(({ id }) => id)
    expect(ids.length).toBe(Outbox.fewEntries + 4)
    expect(wake.held).toEqual(ids)
    expect(wake.isResting).toBe(true)
  })

  it("comes after more than there is room for, which nothing holds back any more", () => {
    const { access, wake } = after(20)
    wake.held = wake.state.outbox.entries.map(({ id }) => id)
    refill(wake, 0, access.journal)
    // As `loosen` lets them go.
    wake.held = []
    refill(wake, 0, access.journal)
    expect(wake.isResting).not.toBe(true)
    wake.state = { ...wake.state, outbox: { ...wake.state.outbox, entries: [] } }
    refill(wake, 0, access.journal)
    expect(wake.state.outbox.entries.map(({ payload }) => payload)).toEqual(["r14", "r15", "r16", "r17", "r18", "r19"])
  })

  it("that cannot be read is told with its number, and the rest goes on", () => {
    const { access, wake } = after(40)
    wake.state = { ...wake.state, outbox: { ...wake.state.outbox, entries: [] } }
    // As an adapter reads a journal in which the third and fourth record have rotted.
    const { journal } = access
    const rotten = {
      ...access,
      journal: {
        ...journal,
        read: (from: number, most: number) =>
          Result.map(journal.read(from, most + 2), ({ records }) => {
            const whole = records.flatMap((record, index) =>
              from + index === 3 || from + index === 4 ? [] : [{ record, position: from + index }]
            ).slice(0, most)
            return { records: whole.map(({ record }) => record), next: (whole.at(-1)?.position ?? from) + 1 }
          })
      }
    }
    refill(wake, 0, rotten.journal)
    expect(wake.events).toEqual([
      { _tag: "MemoryLost", what: "journal", reason: "2 of the messages in it cannot be read" }
    ])
    expect(wake.state.outbox.entries.map(({ payload }) => payload).slice(0, 4)).toEqual(["r3", "r4", "r7", "r8"])
  })
})
