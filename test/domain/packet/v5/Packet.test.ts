import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import { bytes, hex } from "../hex.ts"
import { rows } from "./rows.ts"

describe("the bytes of each Control Packet of MQTT 5", () => {
  it("has a row for all fifteen", () => {
    expect(new Set(rows.map(([, packet]) => packet._tag)).size).toBe(15)
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

  it("are all of them when several are written at once", () => {
    const packets = rows.map(([, packet]) => packet)
    const expected = rows.map(([, , text]) => text.replaceAll(" ", "")).join("")
    expect(hex(Result.getOrThrow(Packet.encodeAll(packets)))).toBe(expected)
  })
})

it("properties of any length have the right Property Length before them", () => {
  for (const size of [0, 123, 124, 125, 16_379, 16_380, 16_381, 33_000, 65_535]) {
    const correlationData = new Uint8Array(size).fill(1)
    const packet = {
      _tag: "Publish",
      topic: "t" as never,
      payload: bytes("0203"),
      qos: 0,
      retain: false,
      dup: false,
      packetIdentifier: undefined,
      properties: { correlationData }
    } as const
    // Behind another packet, and in the middle of a slab.
    const [, , before] = rows[0] as (typeof rows)[number]
    const both = Result.getOrThrow(Packet.encodeAll([(rows[0] as (typeof rows)[number])[1], packet]))
    const at = before.replaceAll(" ", "").length / 2
    expect(Result.getOrThrow(Packet.decode(both.subarray(at)))).toStrictEqual(packet)
  }
})
