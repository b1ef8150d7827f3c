import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Session from "../../../src/domain/delivery/Session.ts"

type Kind = "PUBACK" | "SUBACK" | "UNSUBACK"

const publish = (session: Session.Session, entry: number) => {
  const published = Session.publish(session, entry)
  if (published === undefined) throw new Error("no identifier left")
  return published
}

/** A Session with these entries in flight, from Packet Identifier 1 on. */
const withEntries = (...entries: ReadonlyArray<number>): Session.Session =>
  entries.reduce((session, entry) => publish(session, entry).session, Session.empty)

const acknowledge = (session: Session.Session, kind: Kind, packetIdentifier: number) => {
  const found = Session.acknowledge(session, kind, packetIdentifier)
  if (found === undefined) throw new Error("nothing waits for it")
  return found
}

const identifiers = (session: Session.Session) => session.inFlight.map((known) => known.packetIdentifier)
const entries = (session: Session.Session) => session.inFlight.map((known) => known.entry)

/** In flight: every identifier but these. */
const allBut = (...free: ReadonlyArray<number>): Session.Session => ({
  inFlight: Array.from({ length: 65_535 }, (_, i) => ({ packetIdentifier: i + 1, entry: i + 1, dup: false }))
    .filter((known) => !free.includes(known.packetIdentifier)),
  lastIdentifier: 65_535
})

describe("the Packet Identifier of a publish", () => {
  it("is 1 for the first, then one more for each", () => {
    expect(identifiers(withEntries(10, 11, 12))).toEqual([1, 2, 3])
  })

  it("stays the same however often the entry is published", () => {
    const once = publish(withEntries(10, 11), 10)
    expect(once.packetIdentifier).toBe(1)
    expect(identifiers(once.session)).toEqual([1, 2])
  })

  it("is not the one that was freed last, while others were never used", () => {
    const { session } = acknowledge(withEntries(10, 11), "PUBACK", 2)
    expect(publish(session, 12).packetIdentifier).toBe(3)
  })

  it("is 1 again after 65,535, never 0", () => {
    const at = (lastIdentifier: number) => publish({ ...Session.empty, lastIdentifier }, 1).packetIdentifier
    expect([at(65_533), at(65_534), at(65_535)]).toEqual([65_534, 65_535, 1])
  })

  it("passes over those in flight at the wrap", () => {
    const inFlight = [65_534, 65_535, 1, 2, 4].map((packetIdentifier) => ({
      packetIdentifier,
      entry: packetIdentifier,
      dup: true
    }))
    const first = publish({ inFlight, lastIdentifier: 65_533 }, 100_000)
    expect(first.packetIdentifier).toBe(3)
    expect(publish(first.session, 100_001).packetIdentifier).toBe(5)
  })

  it("is the only one left when 65,534 are in flight, wherever it is", () => {
    for (const free of [1, 2, 400, 65_000, 65_534, 65_535]) {
      const session = { ...allBut(free), lastIdentifier: free < 1_000 ? 65_300 : 64_800 }
      expect(publish(session, 100_000).packetIdentifier).toBe(free)
    }
  })

  it("is undefined when all are in flight, and a known entry still has its own", () => {
    const full = allBut()
    expect(Session.publish(full, 100_000)).toBeUndefined()
    expect(Session.borrow(full)).toBeUndefined()
    expect(Session.publish(full, 7)?.packetIdentifier).toBe(7)
  })

  it("can be had again once one of 65,535 is acknowledged", () => {
    const { session } = acknowledge(allBut(), "PUBACK", 777)
    expect(publish({ ...session, lastIdentifier: 700 }, 100_000).packetIdentifier).toBe(777)
  })
})

describe("an acknowledgement", () => {
  it("frees the identifier it names, in any order, and gives the entry", () => {
    const second = acknowledge(withEntries(10, 11, 12), "PUBACK", 2)
    expect(second.entry).toBe(11)
    expect(entries(second.session)).toEqual([10, 12])
    const first = acknowledge(second.session, "PUBACK", 1)
    expect(first.entry).toBe(10)
    expect(entries(first.session)).toEqual([12])
  })

  it("gives 0 for what was borrowed", () => {
    const session = Session.borrow(withEntries(10))!
    const freed = acknowledge(session, "SUBACK", session.lastIdentifier)
    expect(freed.entry).toBe(0)
    expect(entries(freed.session)).toEqual([10])
  })

  const unexpected: ReadonlyArray<readonly [why: string, kind: Kind, packetIdentifier: number]> = [
    ["a PUBACK for nothing", "PUBACK", 9],
    ["a PUBACK for identifier 0", "PUBACK", 0],
    ["a PUBACK for a SUBSCRIBE", "PUBACK", 2],
    ["a SUBACK for nothing", "SUBACK", 9],
    ["a SUBACK for a PUBLISH", "SUBACK", 1],
    ["an UNSUBACK for nothing", "UNSUBACK", 9],
    ["an UNSUBACK for a PUBLISH", "UNSUBACK", 1]
  ]
  it.each(unexpected)("for which nothing waits changes nothing: %s", (_, kind, packetIdentifier) => {
    const session = Session.borrow(withEntries(10))!
    expect(Session.acknowledge(session, kind, packetIdentifier)).toBeUndefined()
  })

  it("means nothing the second time", () => {
    const { session } = acknowledge(withEntries(10), "PUBACK", 1)
    expect(Session.acknowledge(session, "PUBACK", 1)).toBeUndefined()
  })
})

describe("redelivery", () => {
  it("marks nothing that is held back, for that does not go out", () => {
    expect(Session.sent(withEntries(10, 11), [10]).inFlight.map(({ dup }) => dup)).toEqual([false, true])
    const session = Session.sent(withEntries(10), [])
    expect(Session.sent(session, [10])).toBe(session)
  })

  it("marks everything in flight as a repetition once it was sent, and nothing that came after", () => {
    const session = publish(Session.sent(withEntries(10, 11), []), 12).session
    expect(session.inFlight.map((known) => known.dup)).toEqual([true, true, false])
  })

  it("keeps the order of sending, whatever was acknowledged between", () => {
    let session = withEntries(10, 11, 12, 13)
    session = acknowledge(session, "PUBACK", 2).session
    session = publish(session, 14).session
    session = publish(session, 12).session
    expect(entries(session)).toEqual([10, 12, 13, 14])
  })

  it("leaves the identifiers as they are when the connection is gone, and takes back what was lent", () => {
    const borrowed = Session.borrow(Session.sent(withEntries(10), []))!
    const session = Session.disconnected(publish(borrowed, 11).session)
    expect(session.inFlight).toEqual([
      { packetIdentifier: 1, entry: 10, dup: true },
      { packetIdentifier: 3, entry: 11, dup: false }
    ])
  })

  it("has nothing in flight when the Server lost the Session, and goes on with fresh identifiers", () => {
    const session = Session.lost(Session.sent(withEntries(10, 11), []))
    expect(session.inFlight).toEqual([])
    const again = publish(session, 10)
    expect(again.packetIdentifier).toBe(3)
    expect(again.session.inFlight[0]?.dup).toBe(false)
  })
})

describe("an entry that is forgotten", () => {
  it("frees its identifier at once when it was never sent", () => {
    expect(identifiers(Session.release(withEntries(10, 11, 12), 11))).toEqual([1, 3])
  })

  it("keeps its identifier from others while the Server may still acknowledge it, and takes that without complaint", () => {
    const session = Session.release(Session.sent(withEntries(10, 11), []), 10)
    expect(identifiers(session)).toEqual([1, 2])
    expect(publish({ ...session, lastIdentifier: 65_535 }, 12).packetIdentifier).toBe(3)
    const late = acknowledge(session, "PUBACK", 1)
    expect(late.entry).toBe(-1)
    expect(identifiers(late.session)).toEqual([2])
  })

  it("is nothing to a SUBACK", () => {
    const session = Session.release(Session.sent(withEntries(10), []), 10)
    expect(Session.acknowledge(session, "SUBACK", 1)).toBeUndefined()
  })

  it("frees its identifier when the connection is gone", () => {
    const session = Session.release(Session.sent(withEntries(10, 11), []), 10)
    expect(identifiers(Session.disconnected(session))).toEqual([2])
  })

  it("changes nothing when it is not in flight", () => {
    const session = Session.borrow(withEntries(10))!
    expect(Session.release(session, 99)).toBe(session)
  })
})

describe("any sequence of commands", () => {
  type Command =
    | readonly ["publish", entry: number]
    | readonly ["borrow" | "sent" | "disconnected" | "lost"]
    | readonly ["acknowledge", kind: Kind, packetIdentifier: number]
    | readonly ["forget", entry: number]

  /** Identifiers begin just before the wrap and soon meet 20 to 199, which stay in flight. */
  const forever = Array.from({ length: 180 }, (_, i) => ({ packetIdentifier: i + 20, entry: i + 1_000, dup: true }))
  const few = [1, 2, 3, 4, 5, 8, 17, 18, 19, 200, 201, 65_533, 65_534, 65_535]
  const command: fc.Arbitrary<Command> = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constant("publish" as const), fc.integer({ min: 1, max: 40 })) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom("borrow" as const, "sent" as const)) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constant("acknowledge" as const),
        fc.constantFrom<Kind>("PUBACK", "PUBACK", "SUBACK", "UNSUBACK"), fc.constantFrom(...few))
    },
    { weight: 2, arbitrary: fc.tuple(fc.constant("forget" as const), fc.integer({ min: 1, max: 40 })) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom("disconnected" as const, "lost" as const)) }
  )

  interface Slot {
    readonly what: "publish" | "request" | "forgotten"
    readonly entry: number
    readonly sent: boolean
  }

  /** The model: identifier -> what it stands for, in the order in which they were given. */
  const check = (crowded: boolean, commands: ReadonlyArray<Command>) => {
    let session: Session.Session = { inFlight: crowded ? forever : [], lastIdentifier: crowded ? 65_532 : 0 }
    let model = new Map<number, Slot>()
    let last = session.lastIdentifier
    let isCrowded = crowded
    const taken = (identifier: number) => model.has(identifier) || (isCrowded && identifier >= 20 && identifier < 200)
    const fresh = (): number | undefined => {
      for (let step = 1; step <= 65_535; step++) {
        const identifier = ((last + step - 1) % 65_535) + 1
        if (!taken(identifier)) return identifier
      }
      return undefined
    }
    const give = (given: { session: Session.Session; packetIdentifier: number } | undefined, slot: Slot) => {
      const expected = fresh()
      expect(given?.packetIdentifier).toBe(expected)
      if (given === undefined || expected === undefined) return
      session = given.session
      model.set(expected, slot)
      last = expected
    }
    for (const step of commands) {
      switch (step[0]) {
        case "publish": {
          const known = [...model].find(([, slot]) => slot.what === "publish" && slot.entry === step[1])
          const given = Session.publish(session, step[1])
          if (known === undefined) give(given, { what: "publish", entry: step[1], sent: false })
          else expect(given).toEqual({ session, packetIdentifier: known[0] })
          break
        }
        case "borrow": {
          const borrowed = Session.borrow(session)
          const given = borrowed && { session: borrowed, packetIdentifier: borrowed.lastIdentifier }
          give(given, { what: "request", entry: 0, sent: false })
          break
        }
        case "acknowledge": {
          const slot = model.get(step[2])
          const result = Session.acknowledge(session, step[1], step[2])
          const fits = slot !== undefined && (slot.what === "request") === (step[1] !== "PUBACK")
          expect(result !== undefined).toBe(fits)
          if (result === undefined || slot === undefined) break
          expect(result.entry).toBe(slot.what === "forgotten" ? -1 : slot.entry)
          session = result.session
          model.delete(step[2])
          break
        }
        case "sent":
          session = Session.sent(session, [])
          model = new Map([...model].map(([identifier, slot]) => [identifier, { ...slot, sent: true }]))
          break
        case "forget":
          session = Session.release(session, step[1])
          for (const [identifier, slot] of model) {
            if (slot.what !== "publish" || slot.entry !== step[1]) continue
            if (slot.sent) model.set(identifier, { ...slot, what: "forgotten" })
            else model.delete(identifier)
          }
          break
        case "disconnected":
          session = Session.disconnected(session)
          model = new Map([...model].filter(([, slot]) => slot.what === "publish"))
          break
        case "lost":
          session = Session.lost(session)
          model = new Map()
          isCrowded = false
      }
      const own = isCrowded ? session.inFlight.slice(forever.length) : session.inFlight
      expect(own).toEqual([...model].map(([packetIdentifier, slot]) => ({
        packetIdentifier,
        entry: slot.what === "forgotten" ? -1 : slot.entry,
        dup: slot.sent
      })))
      for (const { packetIdentifier } of own) expect(packetIdentifier >= 1 && packetIdentifier <= 65_535).toBe(true)
    }
  }

  it("gives what a plain table of identifiers gives", () => {
    fc.assert(fc.property(fc.array(command, { maxLength: 60 }), (commands) => check(false, commands)), { numRuns: 300 })
  })

  it("gives the same around the wrap and among identifiers that are taken", () => {
    fc.assert(fc.property(fc.array(command, { minLength: 40, maxLength: 90 }), (commands) => check(true, commands)), {
      numRuns: 150
    })
  })
})
