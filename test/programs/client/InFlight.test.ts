import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as InFlight from "../../../src/programs/client/InFlight.ts"

interface Named extends InFlight.Entry {
  readonly name: number
}

let names = 0
const put = (inFlight: InFlight.InFlight<Named>): readonly [number, Named] => {
  const identifier = InFlight.nextIdentifier(inFlight) as number
  const entry = { name: names++, order: 0 }
  InFlight.add(inFlight, identifier, entry)
  return [identifier, entry]
}

const inOrder = (inFlight: InFlight.InFlight<Named>) => InFlight.all(inFlight).map(([, entry]) => entry.name)

describe("InFlight", () => {
  it("keeps what a Map would keep, in the order of sending, under identifiers that nothing else has", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 5 }), { maxLength: 3_000 }), fc.infiniteStream(fc.nat()), (steps, chances) => {
        const inFlight = InFlight.make<Named>()
        const model = new Map<number, Named>()
        for (const step of steps) {
          const identifiers = Array.from(model.keys())
          const taken = identifiers[(chances.next().value as number) % Math.max(identifiers.length, 1)]
          if (step <= 3 || taken === undefined) {
            const [identifier, entry] = put(inFlight)
            expect(identifier).toBeGreaterThan(0)
            expect(model.has(identifier)).toBe(false)
            model.set(identifier, entry)
          } else {
            expect(InFlight.get(inFlight, taken)).toBe(model.get(taken))
            InFlight.remove(inFlight, taken)
            model.delete(taken)
            expect(InFlight.get(inFlight, taken)).toBeUndefined()
          }
        }
        expect(inFlight.size).toBe(model.size)
        expect(InFlight.all(inFlight)).toEqual(Array.from(model))
      }),
      { numRuns: 30 }
    )
  })

  it("does not use an identifier again while there are fresh ones", () => {
    const inFlight = InFlight.make<Named>()
    const used = new Set<number>()
    for (let i = 0; i < 1_000; i++) {
      const [identifier] = put(inFlight)
      used.add(identifier)
      InFlight.remove(inFlight, identifier)
    }
    expect(used.size).toBe(1_000)
  })

  it("goes round past what stays in flight", () => {
    const inFlight = InFlight.make<Named>()
    const [stays, first] = put(inFlight)
    for (let i = 0; i < 5_000; i++) {
      const [identifier] = put(inFlight)
      expect(identifier).not.toBe(stays)
      InFlight.remove(inFlight, identifier)
    }
    const [, last] = put(inFlight)
    expect(inOrder(inFlight)).toEqual([first.name, last.name])
  })

  it("holds 65,535 and no more, and gives a place again that was taken back", () => {
    const inFlight = InFlight.make<Named>()
    for (let i = 0; i < 65_535; i++) put(inFlight)
    expect(InFlight.all(inFlight).map(([identifier]) => identifier)).toEqual(
      Array.from({ length: 65_535 }, (_, i) => i + 1)
    )
    expect(InFlight.nextIdentifier(inFlight)).toBeUndefined()
    InFlight.remove(inFlight, 4_711)
    expect(InFlight.nextIdentifier(inFlight)).toBe(4_711)
  })

  it("gives everything a fresh identifier and keeps the order, also where identifiers begin again at 1", () => {
    const inFlight = InFlight.make<Named>()
    for (let i = 0; i < 1_020; i++) InFlight.remove(inFlight, put(inFlight)[0])
    const entries = Array.from({ length: 10 }, () => put(inFlight))
    const before = entries.map(([identifier]) => identifier)
    expect(Math.min(...before)).toBe(1)
    InFlight.renumber(inFlight)
    expect(inOrder(inFlight)).toEqual(entries.map(([, { name }]) => name))
    for (const [identifier] of InFlight.all(inFlight)) expect(before).not.toContain(identifier)
  })
})
