/** Texts that a Writer keeps: each message has its own topic, whichever were written before it. */
import * as fc from "fast-check"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Front from "../../../src/domain/packet/Front.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"

const publish = (topic: string) => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: new Uint8Array([1, 2, 3]),
  qos: 0,
  retain: false,
  dup: false,
  packetIdentifier: undefined
} as const)

/** Short and long, plain and not, at the bounds of a place. */
const texts = [..."abcdefgh"].flatMap((letter) =>
  ["", "é", "-".repeat(30), "-".repeat(254), "-".repeat(255), "-".repeat(256), "ü" + "-".repeat(30)].map((end) =>
    letter + end
  )
)

describe("the texts at the front of a slab", () => {
  it("are written as they are, in any order, and with others between them", () => {
    const some = fc.array(fc.oneof(fc.constantFrom(...texts), fc.constantFrom(...texts.slice(0, 5)), fc.string({
      unit: "grapheme",
      minLength: 1
    })), { maxLength: 400 })
    fc.assert(fc.property(some, (topics) => {
      for (const topic of topics) {
        const bytes = Packet.encode(publish(topic))
        if (Result.isFailure(bytes)) {
          expect(topic).toMatch(/[+#\0]|[\uD800-\uDFFF]/)
          continue
        }
        const packet = Result.getOrThrow(Packet.decode(bytes.success))
        expect(packet._tag === "Publish" && packet.topic).toBe(topic)
      }
    }), { numRuns: 100 })
  })

  it("keep fifteen of them, and others when too many have come", () => {
    const front = Front.make()
    const bytes = new Uint8Array(Front.size)
    const name = (n: number) => `topic/${n}`
    const placesOf = (from: number) => Array.from({ length: 15 }, (_, n) => Front.find(front, bytes, name(from + n)))
    const first = placesOf(0)
    expect(new Set(first).size).toBe(15)
    // The others share the last place.
    const last = Front.find(front, bytes, name(100))
    for (let n = 0; n < 60; n++) expect(Front.find(front, bytes, name(101 + n))).toBe(last)
    expect(placesOf(0)).toEqual(first)
    for (let n = 0; n < 10; n++) Front.find(front, bytes, name(200 + n))
    expect(new Set(placesOf(203)).size).toBe(15)
  })
})
