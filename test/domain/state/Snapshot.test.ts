import * as Result from "effect/Result"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { crc32 } from "../../../src/domain/bytes/Crc32.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Snapshot from "../../../src/domain/state/Snapshot.ts"

const refusal = (bytes: Bytes.Bytes): string => {
  const decoded = Snapshot.decode(bytes)
  return Result.isFailure(decoded) ? decoded.failure.message : "believed"
}

/** What a program of another version, or a careless person, might have written: all right but for one thing. */
const written = (magic: string, json: string, checksum = crc32(Bytes.fromText(json)).toString(16).padStart(8, "0")) =>
  Bytes.fromText(magic + checksum + " " + json)

const sample = { e: [[1, "prefix/room/data", "\u0000\u00ff{}", 1, 0]], o: [7, 2], text: "d\u00fcrr" }

describe("a snapshot", () => {
  it("is a line that a person can read", () => {
    const line = Bytes.toText(Snapshot.encode({ a: 1 }))
    expect(line).toMatch(/^dormouse-1 [0-9a-f]{8} \{"a":1\}$/)
    expect(line).toBe(`dormouse-1 ${crc32(Bytes.fromText("{\"a\":1}")).toString(16).padStart(8, "0")} {"a":1}`)
  })

  it("gives back any value that JSON can carry", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const carried: unknown = JSON.parse(JSON.stringify(value))
      expect(Result.getOrThrow(Snapshot.decode(Snapshot.encode(value)))).toEqual(carried)
    }))
  })

  it("writes eight digits also when the checksum is a small number", () => {
    // Some of a thousand numbers have a checksum that begins with 0.
    const lines = Array.from({ length: 1_000 }, (_, n) => Bytes.toText(Snapshot.encode(n)))
    expect(lines.filter((line) => line.charAt(11) === "0").length).toBeGreaterThan(10)
    for (const line of lines) expect(line.charAt(19)).toBe(" ")
    lines.forEach((line, n) => expect(Result.getOrThrow(Snapshot.decode(Bytes.fromText(line)))).toBe(n))
  })
})

describe("what is refused instead of believed", () => {
  it("is every change of a single byte", () => {
    const bytes = Snapshot.encode(sample)
    for (let at = 0; at < bytes.length; at++) {
      for (let change = 1; change < 256; change++) {
        const changed = Uint8Array.from(bytes)
        changed[at] = (changed[at] as number) ^ change
        if (refusal(changed) === "believed") throw new Error(`byte ${at} changed by ${change} was believed`)
      }
    }
  })

  it("is every beginning of it, nothing at all included", () => {
    const bytes = Snapshot.encode(sample)
    for (let length = 0; length < bytes.length; length++) {
      expect(refusal(bytes.subarray(0, length))).not.toBe("believed")
    }
    expect(refusal(bytes.subarray(0, 10))).toContain("cut short")
  })

  it("is anything after its end, and the new value over a longer old one", () => {
    const bytes = Snapshot.encode(sample)
    expect(refusal(Bytes.concat([bytes, Uint8Array.of(0)]))).toContain("checksum")
    const longer = Snapshot.encode({ ...sample, more: "x".repeat(50) })
    expect(refusal(Bytes.concat([bytes, longer.subarray(bytes.length)]))).toContain("checksum")
  })

  it.each(["dormouse-2 ", "dormouse-0 ", "Dormouse-1 ", "dormouse 1 ", "dormouse-10"])("is another version, %j",
    (magic) => {
      expect(refusal(written("dormouse-1 ", "{}"))).toBe("believed")
      expect(refusal(written(magic, "{}"))).toContain("not a snapshot of this version (dormouse-1)")
    })

  it("is another program's file", () => {
    expect(refusal(Bytes.fromText("{\"ssid\":\"barn\",\"password\":\"secret\"}"))).toContain("not a snapshot")
    expect(refusal(new Uint8Array(4_096).fill(0xff))).toContain("not a snapshot")
    expect(refusal(new Uint8Array(4_096))).toContain("not a snapshot")
  })

  it("is a checksum in capitals, which we do not write", () => {
    const lower = written("dormouse-1 ", "{\"n\":12}")
    expect(refusal(lower)).toBe("believed")
    const text = Bytes.toText(lower)
    const upper = text.slice(0, 11) + text.slice(11, 19).toUpperCase() + text.slice(19)
    expect(upper).not.toBe(text)
    expect(refusal(Bytes.fromText(upper))).toContain("checksum")
  })

  it("is a right checksum over what is not JSON", () => {
    expect(refusal(written("dormouse-1 ", "{"))).toContain("not JSON")
    expect(refusal(written("dormouse-1 ", ""))).toContain("not JSON")
  })

  it("is any run of bytes that was not written by us", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      expect(refusal(bytes)).not.toBe("believed")
    }))
  })
})
