import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Framer from "../../../../src/domain/packet/v5/Framer.ts"
import * as Packet from "../../../../src/domain/packet/v5/Packet.ts"
import { bytes } from "../hex.ts"
import { packet } from "./arbitraries.ts"
import { runs } from "../../../support/runs.ts"

const pushAll = (chunks: ReadonlyArray<Uint8Array>, maximum: number) => {
  let framer = Framer.make(maximum)
  const packets: Array<Packet.Packet5> = []
  for (const chunk of chunks) {
    const pushed = Framer.push(framer, chunk)
    framer = pushed.framer
    packets.push(...pushed.packets)
  }
  return { packets, failure: framer.failure }
}

describe("a stream of packets of MQTT 5", () => {
  it("gives the same packets however it is split", () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 5 }), fc.integer({ min: 1, max: 50 }), (packets, size) => {
        const stream = Result.getOrThrow(Packet.encodeAll(packets))
        const chunks: Array<Uint8Array> = []
        for (let at = 0; at < stream.length; at += size) chunks.push(stream.slice(at, at + size))
        expect(pushAll(chunks, 1_000_000)).toStrictEqual({ packets, failure: undefined })
      }),
      { numRuns: runs(100, 300) }
    )
  })

  it("ends with a PUBLISH that is larger than the maximum, as soon as its header is here (3.1.2.11.4)", () => {
    const { failure, packets } = pushAll([bytes("d0 00 30 81"), bytes("01 0001 61")], 100)
    expect(packets).toEqual([{ _tag: "Pingresp" }])
    expect(failure).toMatchObject({ _tag: "PacketTooLarge", size: 132, maximum: 100 })
  })

  it("stays failed, with the clause of MQTT 5 and its Reason Code", () => {
    const fault = { _tag: "MalformedPacket", clause: "2.1.4", reasonCode: 0x81 }
    expect(pushAll([bytes("30 ffffffff 01"), bytes("d0 00")], 100)).toMatchObject({ packets: [], failure: fault })
  })
})
