import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Outbox from "../../../src/domain/delivery/Outbox.ts"

const message = (topic: string, payload = ""): Outbox.Message => ({ topic, payload })

const dropOldest = (capacity: number): Outbox.Policy => ({ capacity, whenFull: "drop_oldest" })
const keepNewest = (capacity: number): Outbox.Policy => ({ capacity, whenFull: "keep_newest_per_topic" })

/** Appends messages to these topics; their ids are 1, 2, 3 and so on. */
const append = (topics: ReadonlyArray<string>, policy: Outbox.Policy) => {
  let outbox = Outbox.empty
  const dropped: Array<number> = []
  for (const topic of topics) {
    const next = Outbox.append(outbox, message(topic), policy)
    outbox = next.outbox
    dropped.push(...next.dropped.map((entry) => entry.id))
  }
  return { outbox, dropped, ids: outbox.entries.map((entry) => entry.id) }
}

describe("an Outbox with room", () => {
  it("keeps messages in the order they came, whatever the policy, also of one topic", () => {
    for (const policy of [dropOldest(5), keepNewest(5)]) {
      const { dropped, ids, outbox } = append(["a", "b", "a", "a", "b"], policy)
      expect(ids).toEqual([1, 2, 3, 4, 5])
      expect(dropped).toEqual([])
      expect([Outbox.size(outbox), outbox.dropped]).toEqual([5, 0])
    }
  })

  it("finds an entry by its id, and nothing by an id it does not hold", () => {
    const { outbox } = append(["a", "b"], dropOldest(5))
    expect(Outbox.find(outbox, 2)?.topic).toBe("b")
    expect(Outbox.find(outbox, 3)).toBeUndefined()
  })

  it("removes one entry and leaves the rest in order", () => {
    const { outbox } = append(["a", "b", "c"], dropOldest(5))
    expect(Outbox.remove(outbox, 2).entries.map((entry) => entry.id)).toEqual([1, 3])
    expect(Outbox.remove(outbox, 9)).toEqual(outbox)
  })

  it("never uses an id again, not even that of the last entry", () => {
    const { outbox } = append(["a", "b"], dropOldest(5))
    expect(Outbox.append(Outbox.remove(Outbox.remove(outbox, 2), 1), message("c"), dropOldest(5)).entry.id).toBe(3)
  })

  it("does not change the value it was given", () => {
    const { outbox } = append(["a", "b"], dropOldest(2))
    const before = JSON.stringify(outbox)
    Outbox.append(outbox, message("c"), dropOldest(2))
    Outbox.remove(outbox, 1)
    expect(JSON.stringify(outbox)).toBe(before)
  })
})

describe("a full Outbox that drops the oldest", () => {
  it("evicts the oldest, and says which", () => {
    expect(append(["a", "a", "b", "c", "d"], dropOldest(3))).toMatchObject({ ids: [3, 4, 5], dropped: [1, 2] })
  })

  it("with room for one keeps the newest alone", () => {
    expect(append(["a", "b", "c"], dropOldest(1))).toMatchObject({ ids: [3], dropped: [1, 2] })
  })
})

describe("a full Outbox that keeps the newest of each topic", () => {
  const rows: ReadonlyArray<readonly [why: string, topics: string, capacity: number, kept: ReadonlyArray<number>]> = [
    ["the older of the same topic, though another is older still", "a b b", 2, [1, 3]],
    ["the older of another topic, when the new one's has only one", "a b b c", 3, [1, 3, 4]],
    ["the oldest of all that a newer one replaces", "a b a b", 3, [2, 3, 4]],
    ["the replaced one, when only the new one replaces it", "a b c b", 3, [1, 3, 4]],
    ["the oldest, when every topic is there once", "a b c d", 3, [2, 3, 4]],
    ["the only one", "a a a", 1, [3]],
    ["each time the oldest that is replaced", "a a a b b", 2, [3, 5]]
  ]
  it.each(rows)("evicts %s (%s into %d)", (_, topics, capacity, kept) => {
    expect(append(topics.split(" "), keepNewest(capacity)).ids).toEqual(kept)
  })

  it("drops as many as it takes when the capacity has become smaller", () => {
    const { outbox } = append(["a", "b", "a", "c", "b"], keepNewest(5))
    const next = Outbox.append(outbox, message("d"), keepNewest(3))
    expect(next.dropped.map((entry) => entry.id)).toEqual([1, 2, 3])
    expect(next.outbox.entries.map((entry) => entry.id)).toEqual([4, 5, 6])
    expect(next.outbox.dropped).toBe(3)
  })
})

describe("any sequence of messages and acknowledgements", () => {
  const step = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({ topic: fc.constantFrom("a", "b", "c", "d"), capacity: fc.integer({ min: 1, max: 6 }) })
    },
    { weight: 1, arbitrary: fc.record({ remove: fc.integer({ min: 1, max: 60 }) }) }
  )

  /** The same rule in other words: who has a successor goes first, else who is first. */
  const victims = (held: ReadonlyArray<Outbox.Entry>, policy: Outbox.Policy): ReadonlyArray<number> => {
    const left = [...held]
    const gone: Array<number> = []
    while (left.length > policy.capacity) {
      const latest = new Map(left.map((entry) => [entry.topic, entry.id]))
      const replaced = left.filter((entry) => latest.get(entry.topic) !== entry.id)
      const victim = (policy.whenFull === "keep_newest_per_topic" ? replaced[0] : undefined) ?? left[0]!
      gone.push(victim.id)
      left.splice(left.indexOf(victim), 1)
    }
    return gone
  }

  it.each(["drop_oldest", "keep_newest_per_topic"] as const)(
    "never has more than fits, and counts what was evicted (%s)",
    (whenFull) => {
      fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let outbox = Outbox.empty
        let appended = 0
        let dropped = 0
        for (const each of steps) {
          if ("remove" in each) {
            const before = outbox.entries
            outbox = Outbox.remove(outbox, each.remove)
            expect(outbox.entries).toEqual(before.filter((entry) => entry.id !== each.remove))
            continue
          }
          const policy = { capacity: each.capacity, whenFull }
          const before = outbox
          const next = Outbox.append(before, message(each.topic, String(appended)), policy)
          outbox = next.outbox
          appended++
          dropped += next.dropped.length
          // The id counts every message there ever was.
          expect(next.entry.id).toBe(appended)
          const all = before.entries.concat([next.entry])
          const gone = victims(all, policy)
          expect(next.dropped.map((entry) => entry.id)).toEqual(gone)
          expect(outbox.entries).toEqual(all.filter((entry) => !gone.includes(entry.id)))
          expect(outbox.entries.at(-1)).toBe(next.entry)
          expect(Outbox.size(outbox)).toBeLessThanOrEqual(each.capacity)
          expect(outbox.dropped).toBe(dropped)
          // Order is the order of ids.
          for (let i = 1; i < outbox.entries.length; i++) {
            expect(outbox.entries[i]!.id).toBeGreaterThan(
              outbox.entries[i - 1]!.id
            )
          }
        }
      }), { numRuns: 200 })
    }
  )

  it("with keep_newest_per_topic never loses the newest of a topic while there is room for all topics", () => {
    fc.assert(fc.property(fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 40 }), (topics) => {
      const { outbox } = append(topics, keepNewest(4))
      for (const topic of new Set(topics)) {
        expect(Outbox.find(outbox, topics.lastIndexOf(topic) + 1)?.topic).toBe(topic)
      }
    }))
  })
})
