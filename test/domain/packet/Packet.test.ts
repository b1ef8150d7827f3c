import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import { bytes, hex } from "./hex.ts"
import { rows } from "./rows.ts"

describe("the bytes of each Control Packet", () => {
  it("has a row for all fourteen", () => {
    expect(new Set(rows.map(([, packet]) => packet._tag)).size).toBe(14)
  })

  for (const [title, packet, expected] of rows) {
    it(`writes ${title}`, () => {
      expect(hex(Result.getOrThrow(Packet.encode(packet)))).toBe(expected.replaceAll(" ", ""))
    })

    it(`reads ${title}`, () => {
      const read = Result.getOrThrow(Packet.decode(bytes(expected)))
      expect(read).toStrictEqual(packet)
      // One shape for each packet keeps its readers fast.
      expect(Object.keys(read)).toEqual(Object.keys(packet))
    })
  }
})

describe("several packets in one write", () => {
  it("are the bytes of each, one after another, whatever the lengths of their headers", () => {
    const packets = rows.map(([, packet]) => packet)
    const expected = rows.map(([, , text]) => text.replaceAll(" ", "")).join("")
    expect(hex(Result.getOrThrow(Packet.encodeAll(packets)))).toBe(expected)
    expect(hex(Result.getOrThrow(Packet.encodeAll(packets.toReversed())))).toBe(
      rows.toReversed().map(([, , text]) => text.replaceAll(" ", "")).join("")
    )
  })

  it("are none when no packet is given", () => {
    expect(Result.getOrThrow(Packet.encodeAll([])).length).toBe(0)
  })

  it("are none when one of them may not be sent", () => {
    const result = Packet.encodeAll([{ _tag: "Pingreq" }, { _tag: "Puback", packetIdentifier: 0 }, { _tag: "Pingreq" }])
    expect(Result.isFailure(result) && result.failure.packet).toBe("PUBACK")
  })
})

describe("bytes that were handed out", () => {
  it("stay as they are while other packets are written", () => {
    const written = Array.from({ length: 2000 }, (_, i) => {
      const [, packet, text] = rows[i % rows.length] as (typeof rows)[number]
      return [Result.getOrThrow(Packet.encode(packet)), text.replaceAll(" ", "")] as const
    })
    for (const [got, expected] of written) expect(hex(got)).toBe(expected)
  })

  it("have the right Topic Name, in runs of one and in turns of several", () => {
    const topics = ["a/b", "a/c", "x".repeat(256), "y".repeat(257), "é", "a/b/" + "z".repeat(100)]
    const written: Array<readonly [string, ReturnType<typeof Packet.encode>]> = []
    for (let i = 0; i < 3000; i++) {
      const topic = topics[(i * i >> 3) % topics.length] as string
      const packet = {
        _tag: "Publish",
        topic: topic as never,
        payload: bytes("01"),
        qos: 0,
        retain: false,
        dup: false
      } as const
      written.push([topic, Packet.encode({ ...packet, packetIdentifier: undefined })])
    }
    for (const [topic, result] of written) {
      expect(Result.getOrThrow(Packet.decode(Result.getOrThrow(result)))).toMatchObject({ topic, payload: bytes("01") })
    }
  })

  it("have the right text whatever its length and wherever it is not ASCII", () => {
    for (let size = 1; size <= 300; size++) {
      for (const odd of ["", "é", "€", "😀", "+", "#"]) {
        for (const at of [0, size >> 1, size]) {
          const username = "u".repeat(at) + odd + "v".repeat(size - at)
          const packet = { _tag: "Connect", clientId: "", cleanSession: true, keepAlive: 0, username } as const
          expect(Result.getOrThrow(Packet.decode(Result.getOrThrow(Packet.encode(packet))))).toMatchObject({ username })
        }
      }
    }
  })

  it("are right after a packet that was refused", () => {
    expect(Result.isFailure(Packet.encode({ _tag: "Puback", packetIdentifier: 70000 }))).toBe(true)
    expect(hex(Result.getOrThrow(Packet.encode({ _tag: "Puback", packetIdentifier: 7 })))).toBe("40020007")
  })
})
