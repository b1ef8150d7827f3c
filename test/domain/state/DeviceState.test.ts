import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as DeviceState from "../../../src/domain/state/DeviceState.ts"
import type * as Outbox from "../../../src/domain/delivery/Outbox.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Session from "../../../src/domain/delivery/Session.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"

/** What a PUBACK of that Packet Identifier makes of a state. */
const acknowledge = (state: DeviceState.DeviceState, packetIdentifier: number): DeviceState.DeviceState => {
  const found = Session.acknowledge(state.session, "PUBACK", packetIdentifier)
  if (found === undefined) throw new Error("nothing waits for it")
  return DeviceState.delivered(state, found)
}

const message = (topic: string, payload = ""): Outbox.Message => ({ topic, payload })

const assign = (state: DeviceState.DeviceState, window: number) => DeviceState.assign(state, window, [])

const fresh = DeviceState.initial(0, { attemptCount: 0, lastAttemptTime: 0 })
const roomy = { capacity: 100, whenFull: "drop_oldest" } as const

const owing = (...topics: ReadonlyArray<string>): DeviceState.DeviceState =>
  topics.reduce((state, topic) => DeviceState.enqueue(state, message(topic), roomy).state, fresh)

const inFlight = (state: DeviceState.DeviceState) => state.session.inFlight.map((known) => known.entry)
const pending = (state: DeviceState.DeviceState) => state.outbox.entries.map((entry) => entry.id)
const restarted = (state: DeviceState.DeviceState, isSending = false) =>
  Result.getOrThrow(DeviceState.decode(DeviceState.encode(state, isSending)))

describe("a device's first state", () => {
  it("has nothing pending and nothing in flight, and continues from the reconnect state it was given", () => {
    expect(DeviceState.initial(5_000, { attemptCount: 2, lastAttemptTime: 1.5 })).toEqual({
      outbox: { entries: [], lastId: 0, dropped: 0 },
      journal: 0,
      journaled: 0,
      session: { inFlight: [], lastIdentifier: 0 },
      reconnect: { attemptCount: 2, lastAttemptTime: 1_500, draw: 0 },
      startedAt: 5_000,
      readAt: {},
      refusedUpdate: 0,
      probation: { version: 0, wakes: 0 },
      rolledBack: 0,
      suspects: [],
      connectAlone: 0,
      prefix: 0,
      unfinished: 0,
      review: [0, 0]
    })
  })
})

describe("assigning Packet Identifiers", () => {
  it("begins with the oldest and stops at the window", () => {
    const state = assign(owing("a", "b", "c"), 2)
    expect(inFlight(state)).toEqual([1, 2])
    expect(pending(state)).toEqual([1, 2, 3])
  })

  it("goes on when an acknowledgement makes room, and changes nothing when there is none", () => {
    const two = assign(owing("a", "b", "c"), 2)
    expect(assign(two, 2)).toBe(two)
    const acknowledged = acknowledge(two, 2)
    expect(inFlight(acknowledged)).toEqual([1])
    expect(inFlight(assign(acknowledged, 2))).toEqual([1, 3])
  })

  it("gives none to what is held back, which takes no place in the window either", () => {
    const sent = assign(owing("a", "b", "c", "d"), 2)
    expect(inFlight(DeviceState.assign(sent, 2, [1, 2]))).toEqual([1, 2, 3, 4])
    expect(inFlight(DeviceState.assign(owing("a", "b", "c", "d"), 2, [1, 3]))).toEqual([2, 4])
  })

  it("gives every entry a new identifier when the Server lost the Session", () => {
    const state = assign(owing("a", "b"), 32)
    const lost = assign({ ...state, session: Session.lost(state.session) }, 32)
    expect(lost.session.inFlight).toEqual([
      { packetIdentifier: 3, entry: 1, dup: false },
      { packetIdentifier: 4, entry: 2, dup: false }
    ])
  })
})

describe("an acknowledgement", () => {
  it("takes the message out of the Outbox and the Session", () => {
    const state = acknowledge(assign(owing("a", "b"), 32), 1)
    expect([pending(state), inFlight(state)]).toEqual([[2], [2]])
  })
})

describe("a message that is evicted", () => {
  const full = { capacity: 2, whenFull: "drop_oldest" } as const

  it("gives its Packet Identifier back at once, if it was never sent", () => {
    const state = assign(owing("a", "b"), 32)
    const next = DeviceState.enqueue(state, message("c"), full)
    expect(next.dropped.map((entry) => entry.id)).toEqual([1])
    expect([pending(next.state), inFlight(next.state)]).toEqual([[2, 3], [2]])
  })

  it("may still be acknowledged on the connection it was sent on, and by nobody after a restart", () => {
    const assigned = assign(owing("a", "b"), 32)
    const { state } = DeviceState.enqueue({ ...assigned, session: Session.sent(assigned.session, []) }, message("c"),
      full)
    const late = acknowledge(state, 1)
    expect([pending(late), inFlight(late)]).toEqual([[2, 3], [2]])
    expect(inFlight(restarted(state))).toEqual([2])
    expect(Session.acknowledge(restarted(state).session, "PUBACK", 1)).toBeUndefined()
  })

  it("leaves the others theirs when it lay between them", () => {
    const state = assign(owing("a", "b", "b", "c"), 32)
    const next = DeviceState.enqueue(state, message("d"), { capacity: 4, whenFull: "keep_newest_per_topic" })
    expect(next.state.session.inFlight.map((known) => [known.packetIdentifier, known.entry])).toEqual([[1, 1], [3, 3], [
      4,
      4
    ]])
  })
})

describe("a device's life, any sequence of messages, acknowledgements and restarts", () => {
  type Act =
    | { readonly act: "owe"; readonly topic: string }
    | { readonly act: "assign"; readonly window: number }
    | { readonly act: "send" | "restart" | "disconnect" | "lose" }
    | { readonly act: "acknowledge"; readonly which: number }
  const act: fc.Arbitrary<Act> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ act: fc.constant("owe" as const), topic: fc.constantFrom("a", "b", "c") }) },
    {
      weight: 4,
      arbitrary: fc.record({ act: fc.constant("assign" as const), window: fc.integer({ min: 1, max: 6 }) })
    },
    { weight: 4, arbitrary: fc.record({ act: fc.constant("acknowledge" as const), which: fc.nat() }) },
    {
      weight: 3,
      arbitrary: fc.record({
        act: fc.constantFrom("send" as const, "restart" as const, "disconnect" as const, "lose" as const)
      })
    }
  )

  it.each(["drop_oldest", "keep_newest_per_topic"] as const)(
    "what is in flight is the head of what is pending, in its order (%s)",
    (whenFull) => {
      fc.assert(fc.property(fc.integer({ min: 1, max: 8 }), fc.array(act, { maxLength: 60 }), (capacity, acts) => {
        let state = fresh
        /** Entries that the Server may acknowledge: identifier -> entry. */
        let sent = new Map<number, number>()
        for (const each of acts) {
          switch (each.act) {
            case "owe":
              state = DeviceState.enqueue(state, message(each.topic), { capacity, whenFull }).state
              break
            case "assign":
              state = assign(state, each.window)
              break
            case "send":
              state = { ...state, session: Session.sent(state.session, []) }
              sent = new Map(sent)
              for (const known of state.session.inFlight) {
                if (known.entry > 0) {
                  sent.set(known.packetIdentifier, known.entry)
                }
              }
              break
            case "acknowledge": {
              const identifiers = [...sent.keys()]
              const identifier = identifiers[each.which % identifiers.length]
              if (identifier === undefined) break
              // Whatever was evicted meanwhile, a Server that acknowledges what it was sent is right.
              const before = pending(state)
              state = acknowledge(state, identifier)
              expect(pending(state)).toEqual(before.filter((id) => id !== sent.get(identifier)))
              sent.delete(identifier)
              break
            }
            case "disconnect":
              state = { ...state, session: Session.disconnected(state.session) }
              sent = new Map()
              break
            case "lose":
              state = { ...state, session: Session.lost(state.session) }
              sent = new Map()
              break
            case "restart": {
              const before = state
              state = restarted(state)
              sent = new Map()
              expect(state.outbox).toEqual(before.outbox)
              expect(state.session.lastIdentifier).toBe(before.session.lastIdentifier)
            }
          }
          const live = inFlight(state).filter((entry) => entry > 0)
          expect(live).toEqual(pending(state).slice(0, live.length))
          const identifiers = state.session.inFlight.map((known) => known.packetIdentifier)
          expect(new Set(identifiers).size).toBe(identifiers.length)
        }
      }), { numRuns: 300 })
    }
  )
})

describe("the snapshot of a device's state", () => {
  const number = fc.integer({ min: 0, max: 2 ** 45 })
  const state: fc.Arbitrary<DeviceState.DeviceState> = fc.record({
    topics: fc.array(
      fc.tuple(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ maxLength: 30, unit: "grapheme" })),
      { maxLength: 8 }
    ),
    identifiers: fc.uniqueArray(fc.integer({ min: 1, max: 65_535 }), { maxLength: 8 }),
    lastIdentifier: fc.integer({ min: 0, max: 65_535 }),
    dropped: number,
    journal: number,
    reconnect: fc.record({
      attemptCount: number,
      lastAttemptTime: number,
      draw: fc.double({ min: 0, max: 1, noNaN: true })
    }),
    startedAt: number,
    readAt: fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("__proto__", "constructor", "")), number),
    refusedUpdate: fc.integer({ min: 0, max: 0xffffffff }),
    probation: fc.record({ version: number, wakes: fc.nat() }),
    rolledBack: number,
    suspects: fc.array(fc.tuple(number, fc.nat()), { maxLength: 3 }),
    connectAlone: fc.nat(),
    prefix: number,
    unfinished: fc.nat(),
    review: fc.tuple(number, fc.nat())
  }).map((given) => {
    const entries = given.topics.map(([topic, payload], i) => ({ id: i + 3, topic, payload }))
    return {
      outbox: { entries, lastId: entries.length + 5, dropped: given.dropped },
      session: {
        inFlight: given.identifiers.slice(0, entries.length).map((packetIdentifier, i) => ({
          packetIdentifier,
          entry: i + 3,
          dup: packetIdentifier % 2 === 0
        })),
        lastIdentifier: given.lastIdentifier
      },
      journal: given.journal,
      journaled: 0,
      reconnect: { ...given.reconnect, draw: given.reconnect.draw + 0 },
      startedAt: given.startedAt,
      readAt: given.readAt,
      refusedUpdate: given.refusedUpdate,
      probation: given.probation,
      rolledBack: given.rolledBack,
      suspects: given.suspects,
      connectAlone: given.connectAlone,
      prefix: given.prefix,
      unfinished: given.unfinished,
      review: given.review
    }
  })

  it("gives the state back: every payload, every topic, every number", () => {
    fc.assert(fc.property(state, (given) => {
      const back = restarted(given)
      expect(Object.entries(back.readAt)).toEqual(Object.entries(JSON.parse(JSON.stringify(given.readAt)) as object))
      expect({ ...back, readAt: {} }).toEqual({ ...given, readAt: {} })
    }), { numRuns: 200 })
  })

  it("holds which readings were published last, when there are any, and nothing else when there are none", () => {
    const selection = [3, { s: [1_700_000_000_000, 21.5, null, 5] }] as const
    expect(restarted({ ...owing("a"), selection })).toEqual({ ...owing("a"), selection })
    expect(Bytes.toText(DeviceState.encode(owing("a")))).not.toContain("\"n\"")
    expect(restarted(owing("a")).selection).toBeUndefined()
    expect(restarted({ ...owing("a"), isBatteryLow: true })).toEqual({ ...owing("a"), isBatteryLow: true })
    // A battery that is not low costs no byte.
    expect(DeviceState.encode({ ...owing("a"), isBatteryLow: false })).toEqual(DeviceState.encode(owing("a")))
  })

  it("counts a wake that ends while it sends, and one that is written down to its end not", () => {
    expect([restarted(fresh).unfinished, restarted(fresh, true).unfinished,
      restarted(restarted(fresh, true), true).unfinished]).toEqual([0, 1, 2])
  })

  it("of an older program is read: topics lose their prefix, and what it did not know is as at first", () => {
    const older = {
      e: [[4, "/home/data/air/data", "{\"uptime\":1}", 0], [5, "p/air/temperature", "21.4", 0], [6,
        "/home/data/config_status", "{}", 0]],
      o: [6, 1],
      f: [[9, 4, 1]],
      i: 9,
      b: [2, 5_000, 0],
      t: 7,
      r: { air: 8 },
      c: 10,
      p: [2, 1, 0]
    }
    const back = Result.getOrThrow(DeviceState.decode(Snapshot.encode(older)))
    expect(back.outbox.entries).toEqual([
      { id: 4, topic: "air/data", payload: "{\"uptime\":1}" },
      { id: 5, topic: "air/temperature", payload: "21.4" },
      { id: 6, topic: "config_status", payload: "{}" }
    ])
    expect(back).toMatchObject({
      startedAt: 7,
      probation: { version: 2, wakes: 1 },
      suspects: [],
      connectAlone: 0,
      unfinished: 0,
      review: [0, 0]
    })
    const { p: _, ...eldest } = older
    expect(Result.getOrThrow(DeviceState.decode(Snapshot.encode(eldest))).probation).toEqual({ version: 0, wakes: 0 })
  })

  it("remembers what may have been sent, and all of it when it is written before sending", () => {
    const first = assign(owing("a", "b"), 1)
    const second = assign({ ...first, session: Session.sent(first.session, []) }, 2)
    expect(restarted(second).session.inFlight.map((known) => known.dup)).toEqual([true, false])
    expect(restarted(second, true).session.inFlight.map((known) => known.dup)).toEqual([true, true])
  })

  it("leaves out what was only lent to the connection", () => {
    const state = assign(owing("a"), 32)
    const asking = { ...state, session: Session.borrow(state.session)! }
    expect(inFlight(restarted(asking))).toEqual([1])
    expect(restarted(asking).session.lastIdentifier).toBe(2)
  })

  it("keeps 32 readings within one page of flash, 4,096 bytes", () => {
    let state = fresh
    const text = "{\"temperature\":21.4,\"humidity\":48.2,\"uptime\":123456,\"unit\":\"C\"}"
    for (let i = 0; i < 32; i++) state = DeviceState.enqueue(state, message("room/data", text), roomy).state
    expect(DeviceState.encode(assign(state, 32)).length).toBeLessThanOrEqual(4_096)
  })

  it("is refused when a byte is wrong or the end is missing", () => {
    const bytes = DeviceState.encode(assign(owing("a", "b"), 32))
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes)
      changed[at] = (changed[at] as number) ^ 0x04
      expect(Result.isFailure(DeviceState.decode(changed))).toBe(true)
      expect(Result.isFailure(DeviceState.decode(bytes.subarray(0, at)))).toBe(true)
    }
    expect(Result.getOrThrow(Result.flip(DeviceState.decode(Bytes.empty)))).toBeInstanceOf(Snapshot.UnreadableSnapshot)
  })
})

describe("what a snapshot holds of a clock", () => {
  const clock = { last: 1_795_990_200_123, next: 1_795_993_800_000, lost: 7, doubted: -90_000_000 }

  it("is nothing of a device that asks nobody for the time", () => {
    const text = Bytes.toText(DeviceState.encode(fresh))
    expect(text.slice(text.indexOf("{"))).toBe(
      `{"e":[],"o":[0,0,0],"f":[],"i":0,"b":[0,0,0],"t":0,"r":{},"c":0,"p":[0,0,0],"s":[0,0,0,[0,0],[]]}`
    )
    expect("clock" in restarted(fresh)).toBe(false)
    expect(DeviceState.encode({ ...fresh, clock: undefined })).toEqual(DeviceState.encode(fresh))
  })

  it("comes back as it was", () => {
    for (const isSending of [false, true]) expect(restarted({ ...fresh, clock }, isSending).clock).toEqual(clock)
    expect(restarted(restarted({ ...fresh, clock }))).toEqual(restarted({ ...fresh, clock }))
  })
})
