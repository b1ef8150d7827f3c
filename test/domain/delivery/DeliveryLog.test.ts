/** The log of what a Client owes: its records, and what they come to. */
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import * as DeliveryRecord from "../../../src/domain/delivery/DeliveryRecord.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"

const number = fc.integer({ min: 1, max: 8 })
const packetIdentifier = fc.integer({ min: 1, max: 65_535 })
const qos = fc.constantFrom<1 | 2>(1, 2)

const properties = fc.option(
  fc.record({
    contentType: fc.string({ unit: "grapheme" }),
    correlationData: fc.uint8Array({ maxLength: 5 }),
    userProperties: fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 2 })
  }, { requiredKeys: [] }),
  { nil: undefined }
)

const message: fc.Arbitrary<DeliveryLog.Message> = fc.record({
  topic: fc.constantFrom("a", "a b/ö", "x/y").map((topic) => topic as TopicName),
  payload: fc.uint8Array({ maxLength: 20 }),
  qos,
  retain: fc.boolean(),
  properties
})

/** Only a message with properties expires. */
const expiring = message.map((each): DeliveryLog.Message =>
  each.properties === undefined ? each : { ...each, expiresAt: 1_796_000_000_000 + each.payload.length }
)

const event: fc.Arbitrary<DeliveryLog.Event> = fc.oneof(
  fc.record({ _tag: fc.constant("Accepted" as const), number, message: fc.oneof(message, expiring) }),
  fc.record({ _tag: fc.constant("Assigned" as const), number, packetIdentifier, qos }),
  fc.record({ _tag: fc.constantFrom("Released" as const, "Abandoned" as const, "Done" as const), number }),
  fc.record({
    _tag: fc.constant("Blamed" as const),
    number,
    losses: fc.integer({ min: 1, max: 9 }),
    strikes: fc.nat(5)
  }),
  fc.record({ _tag: fc.constantFrom("Taken" as const, "Freed" as const), packetIdentifier }),
  fc.constant({ _tag: "SessionLost" as const })
)

const stateOf = (events: ReadonlyArray<DeliveryLog.Event>): DeliveryLog.State => {
  const state = DeliveryLog.make("c")
  for (const each of events) DeliveryLog.apply(state, each)
  return state
}

/** All that a Client is given of it. */
const shown = (state: DeliveryLog.State | undefined) =>
  state && {
    clientId: state.clientId,
    lastNumber: state.lastNumber,
    taken: [...state.taken],
    messages: [...state.pending.values()].map(({ losses, message, number, strikes }) => ({
      number,
      message,
      losses,
      strikes
    })),
    inFlight: DeliveryLog.inFlight(state).map(({ awaited, isAbandoned, number, packetIdentifier }) =>
      [number, packetIdentifier, awaited, isAbandoned] as const
    ),
    released: DeliveryLog.released(state).map(({ number }) => number)
  }

describe("a record", () => {
  it("gives its event back, and has no byte that a line has not", () =>
    fc.assert(fc.property(event, (each) => {
      const record = DeliveryRecord.encode(each)
      expect(record.some((byte) => byte === 10 || byte === 255)).toBe(false)
      expect(DeliveryRecord.decode(record)).toEqual(each)
    })))
})

describe("a log", () => {
  it("is what its events come to, however often it was begun anew", () =>
    fc.assert(fc.property(fc.array(event, { maxLength: 30 }), fc.nat(30), (events, at) => {
      const before = DeliveryRecord.snapshot(stateOf(events.slice(0, at)))
      const log = [...before, ...events.slice(at).map(DeliveryRecord.encode)]
      const once = DeliveryRecord.replay(log)
      expect(shown(once)).toEqual(shown(stateOf(events)))
      const again = DeliveryRecord.replay([...log, ...DeliveryRecord.snapshot(once as DeliveryLog.State)])
      expect(shown(again)).toEqual(shown(once))
    })))

  it("is as it was when a new beginning was cut off", () =>
    fc.assert(fc.property(fc.array(event, { maxLength: 10 }), fc.nat(30), (events, kept) => {
      const log = [...DeliveryRecord.snapshot(DeliveryLog.make("c")), ...events.map(DeliveryRecord.encode)]
      const next = DeliveryRecord.snapshot(stateOf(events))
      const cut = next.slice(0, Math.min(kept, next.length - 1))
      expect(shown(DeliveryRecord.replay([...log, ...cut]))).toEqual(shown(DeliveryRecord.replay(log)))
    })))

  it("is none where nothing was written", () => expect(DeliveryRecord.replay([])).toBe(undefined))

  it("publishes again what was released when the Session is lost, and forgets what was given up", () => {
    const accepted = (number: number) =>
      ({
        _tag: "Accepted",
        number,
        message: { topic: "a" as TopicName, payload: new Uint8Array(), qos: 2, retain: false }
      }) as const
    const state = stateOf([accepted(1), accepted(2), { _tag: "Assigned", number: 1, packetIdentifier: 7, qos: 2 }, {
      _tag: "Assigned",
      number: 2,
      packetIdentifier: 8,
      qos: 2
    }, { _tag: "Released", number: 1 }, { _tag: "Abandoned", number: 2 }, { _tag: "Taken", packetIdentifier: 3 }])
    expect(shown(state)).toMatchObject({ released: [1, 2], taken: [3] })
    DeliveryLog.apply(state, { _tag: "SessionLost" })
    expect(shown(state)).toMatchObject({ released: [], taken: [], inFlight: [], messages: [{ number: 1 }] })
  })
})
