import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ClientPacket } from "../../../../src/domain/packet/ClientPacket.ts"
import * as Version4 from "../../../../src/domain/packet/Packet.ts"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import { rows as properties } from "../../../../src/domain/packet/v5/PropertyTable.ts"
import * as ReasonCode from "../../../../src/domain/packet/v5/ReasonCode.ts"
import * as Version4Arbitraries from "../arbitraries.ts"
import { mutate, mutation } from "../arbitraries.ts"
import { packet, packets } from "./arbitraries.ts"
import { runs } from "../../../support/runs.ts"

const encode = (value: Packet.Packet5) => Result.getOrThrow(Packet.encode(value))

describe("any packet of MQTT 5", () => {
  for (const [tag, arbitrary] of Object.entries(packets)) {
    it(`${tag} is read as it was written`, () => {
      fc.assert(fc.property(arbitrary, (value) => {
        expect(Result.getOrThrow(Packet.decode(encode(value)))).toStrictEqual(value)
      }), { numRuns: runs(150, 500) })
    })
  }

  it("is written the same alone and among others", () => {
    fc.assert(fc.property(fc.array(packet, { maxLength: 6 }), (values) => {
      const together = Result.getOrThrow(Packet.encodeAll(values))
      expect(Buffer.compare(together, Buffer.concat(values.map(encode)))).toBe(0)
    }))
  })

  it("is refused when its last byte is missing or one more follows", () => {
    fc.assert(fc.property(packet, (value) => {
      const bytes = encode(value)
      expect(Result.isFailure(Packet.decode(bytes.subarray(0, bytes.length - 1)))).toBe(true)
      expect(Result.isFailure(Packet.decode(new Uint8Array([...bytes, 0])))).toBe(true)
    }))
  })

  it("may have any of its properties, and each of them is one that some packet has", () => {
    const seen = new Set<string>()
    fc.assert(fc.property(packet, (value) => {
      for (const name of Object.keys("properties" in value ? value.properties ?? {} : {})) seen.add(name)
      if (value._tag === "Connect") { for (const name of Object.keys(value.will?.properties ?? {})) seen.add(name) }
    }), { numRuns: 2_000 })
    expect([...seen].sort()).toEqual([...new Set(properties.map(({ name }) => name))].sort())
  })
})

describe("a packet of MQTT 3.1.1", () => {
  const shared = new Set(["Publish", "Puback", "Subscribe", "Unsubscribe", "Pingreq", "Disconnect"])
  const sendable = Version4Arbitraries.packet.filter((value): value is ClientPacket =>
    shared.has(value._tag)
  ) as fc.Arbitrary<Exclude<ClientPacket, { readonly _tag: "Connect" }>>

  it("can be sent with MQTT 5 as it is, and means the same", () => {
    fc.assert(fc.property(sendable, (value) => {
      const read = Result.getOrThrow(Packet.decode(encode(value)))
      expect(read).toMatchObject(value)
      if (value._tag === "Pingreq" || value._tag === "Disconnect" || value._tag === "Puback") {
        expect(encode(value)).toEqual(Result.getOrThrow(Version4.encode(value)))
      }
    }), { numRuns: runs(300, 600) })
  })
})

const clause = /^(MQTT-\d[\d.-]+|\d(\.\d+)+)$/

describe("any bytes", () => {
  const neverThrows = (bytes: Uint8Array) => {
    const result = Packet.decode(bytes)
    if (Result.isFailure(result)) {
      const { _tag, clause: broken, message, reasonCode } = result.failure
      expect(broken).toMatch(clause)
      expect(message).toContain(`(MQTT 5, ${broken})`)
      if (_tag === "MalformedPacket") expect(reasonCode).toBe(0x81)
      else expect([0x82, 0x84, 0x94]).toContain(reasonCode)
    } else {
      // What is read can be written, and means the same.
      expect(Result.getOrThrow(Packet.decode(encode(result.success)))).toStrictEqual(result.success)
    }
  }

  it("are a packet that can be written again, or a fault with its clause and its Reason Code", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), neverThrows), { numRuns: runs(1000, 2000) })
  })

  it("are so too when they are almost a packet", () => {
    fc.assert(fc.property(packet, mutation, (value, changes) => neverThrows(mutate(encode(value), changes))), {
      numRuns: runs(2000, 5000)
    })
  })

  it("are so too after a right fixed header", () => {
    const framed = fc.tuple(
      fc.constantFrom(0x10, 0x20, 0x30, 0x32, 0x34, 0x3d, 0x40, 0x62, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xe0, 0xf0),
      fc.uint8Array({ maxLength: 40 })
    ).map(([first, body]) => new Uint8Array([first, body.length, ...body]))
    fc.assert(fc.property(framed, neverThrows), { numRuns: runs(1000, 2000) })
  })
})

describe("Reason Codes", () => {
  const owners = ["CONNACK", "PUBACK", "PUBREC", "PUBREL", "PUBCOMP", "SUBACK", "UNSUBACK", "DISCONNECT",
    "AUTH"] as const

  it("are as many for each packet as the standard's tables have rows", () => {
    expect(owners.map((owner) => ReasonCode.codesOf(owner).length)).toEqual([22, 9, 9, 2, 2, 12, 7, 30, 3])
  })

  it("are described by name, number and what to do", () => {
    expect(ReasonCode.describe("CONNACK", 0x86)).toBe("Bad User Name or Password (0x86): check username and password")
    expect(ReasonCode.describe("SUBACK", 0)).toBe("Granted QoS 0 (0x00)")
    expect(ReasonCode.describe("DISCONNECT", 0)).toBe("Normal disconnection (0x00)")
    expect(ReasonCode.describe("PUBACK", 0x8e)).toBe("Reason Code 0x8e (0x8e)")
    for (const owner of owners) {
      for (const code of ReasonCode.codesOf(owner)) expect(ReasonCode.nameOf(owner, code)).not.toMatch(/0x/)
    }
  })
})
