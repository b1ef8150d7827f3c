import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as ClientPacket from "../../../src/domain/packet/ClientPacket.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import * as ServerPacket from "../../../src/domain/packet/ServerPacket.ts"
import { mutate, mutation, packet } from "./arbitraries.ts"
import { runs } from "../../support/runs.ts"

const encode = (value: Packet.Packet) => Result.getOrThrow(Packet.encode(value))

describe("any packet", () => {
  it("is read as it was written", () => {
    fc.assert(fc.property(packet, (value) => {
      expect(Result.getOrThrow(Packet.decode(encode(value)))).toStrictEqual(value)
    }), { numRuns: runs(500, 1000) })
  })

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
})

describe("any bytes", () => {
  const neverThrows = (bytes: Uint8Array) => {
    const result = Packet.decode(bytes)
    if (Result.isFailure(result)) {
      expect(["MalformedPacket", "ProtocolViolation"]).toContain(result.failure._tag)
      expect(result.failure.clause).not.toBe("")
    } else {
      // What is read can be written, and means the same.
      expect(Result.getOrThrow(Packet.decode(encode(result.success)))).toStrictEqual(result.success)
    }
  }

  it("are a packet that can be written again, or a fault with its clause", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), neverThrows), { numRuns: runs(1000, 2000) })
  })

  it("are so too when they are almost a packet", () => {
    fc.assert(fc.property(packet, mutation, (value, changes) => neverThrows(mutate(encode(value), changes))), {
      numRuns: runs(1000, 2000)
    })
  })

  it("are so too after a right fixed header", () => {
    const framed = fc.tuple(
      fc.constantFrom(0x10, 0x20, 0x30, 0x32, 0x34, 0x3d, 0x40, 0x62, 0x82, 0x90, 0xa2, 0xb0, 0xc0, 0xe0),
      fc.uint8Array({ maxLength: 40 })
    ).map(([first, body]) => new Uint8Array([first, body.length, ...body]))
    fc.assert(fc.property(framed, neverThrows), { numRuns: runs(1000, 2000) })
  })
})

describe("the halves a device carries", () => {
  const fromServer = ["Connack", "Publish", "Puback", "Suback", "Unsuback", "Pingresp"]
  const fromClient = ["Connect", "Publish", "Puback", "Subscribe", "Unsubscribe", "Pingreq", "Disconnect"]

  it("ServerPacket reads as Packet does what a Server may send, and names what it may not", () => {
    fc.assert(fc.property(packet, (value) => {
      const result = ServerPacket.decode(encode(value))
      if (fromServer.includes(value._tag) && !(value._tag === "Publish" && value.qos === 2)) {
        expect(Result.getOrThrow(result)).toStrictEqual(value)
      } else {
        expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({
          _tag: "ProtocolViolation",
          packet: value._tag.toUpperCase(),
          clause: value._tag === "Publish" ? "MQTT-3.8.4-6" : "2.2.1"
        })
      }
    }), { numRuns: runs(250, 500) })
  })

  it("ServerPacket and Packet find the same fault in the same bytes", () => {
    fc.assert(fc.property(packet.filter((value) => fromServer.includes(value._tag)), mutation, (value, changes) => {
      const bytes = mutate(encode(value), changes)
      const whole = Packet.decode(bytes)
      const half = ServerPacket.decode(bytes)
      if (Result.isFailure(half) && ["2.2.1", "MQTT-3.8.4-6"].includes(half.failure.clause)) return
      expect(Result.isFailure(half) ? { ...half.failure } : half.success)
        .toStrictEqual(Result.isFailure(whole) ? { ...whole.failure } : whole.success)
    }), { numRuns: runs(500, 1000) })
  })

  it("ClientPacket writes what Packet writes", () => {
    const sendable = packet.filter((value): value is ClientPacket.ClientPacket =>
      fromClient.includes(value._tag) && !(value._tag === "Publish" && value.qos === 2)
    )
    fc.assert(fc.property(fc.array(sendable, { maxLength: 4 }), (values) => {
      expect(Result.getOrThrow(ClientPacket.encodeAll(values))).toEqual(Result.getOrThrow(Packet.encodeAll(values)))
      for (const value of values) expect(Result.getOrThrow(ClientPacket.encode(value))).toEqual(encode(value))
    }))
  })

  it("wrong flags of a packet that a Server may not send are malformed, not forbidden", () => {
    const result = ServerPacket.decode(new Uint8Array([0x80, 0]))
    expect(Result.isFailure(result) && { ...result.failure }).toMatchObject({
      _tag: "MalformedPacket",
      clause: "MQTT-3.8.1-1"
    })
  })
})
