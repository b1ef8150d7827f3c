import * as fc from "fast-check"
import * as zlib from "node:zlib"
import { expect, it } from "vitest"
import { crc32 } from "../../../src/domain/bytes/Crc32.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"

it("gives the check value of CRC-32/ISO-HDLC", () => {
  expect(crc32(Bytes.fromText("123456789"))).toBe(0xcbf43926)
})

it("gives 0 for nothing", () => {
  expect(crc32(Bytes.empty)).toBe(0)
})

it("gives the same as zlib, never a negative number", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
    expect(crc32(bytes)).toBe(zlib.crc32(bytes))
  }))
})

it("gives the same for a view as for a copy", () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i)
  expect(crc32(bytes.subarray(10, 90))).toBe(crc32(bytes.slice(10, 90)))
})
