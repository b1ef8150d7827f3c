import { createHash } from "node:crypto"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as Hmac from "../../../src/domain/bytes/Hmac.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Signature from "../../../src/domain/config/Signature.ts"
import * as board from "../../support/board.ts"
import * as twins from "../../support/twins.ts"

const sha256 = (bytes: string) =>
  new Uint8Array(createHash("sha256").update(Buffer.from(bytes, "latin1")).digest()).buffer

board.install({ crypto: { SHA256: sha256 } })
const twin = await twins.load<{ readonly Hmac: typeof Hmac }>(`export * as Hmac from "./domain/bytes/Hmac.ts"`)

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"))

/** RFC 4231, test cases 1, 2, 3 and 6: key, data, HMAC-SHA-256. */
const vectors: ReadonlyArray<readonly [key: Uint8Array, data: Uint8Array, digest: string]> = [
  [bytes("0b".repeat(20)), Bytes.fromText("Hi There"),
    "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
  [Bytes.fromText("Jefe"), Bytes.fromText("what do ya want for nothing?"),
    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
  [bytes("aa".repeat(20)), bytes("dd".repeat(50)), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"],
  [bytes("aa".repeat(131)), Bytes.fromText("Test Using Larger Than Block-Size Key - Hash Key First"),
    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"]
]

describe("HMAC-SHA256", () => {
  it.each(vectors)("has the digests of RFC 4231 (%#)", (key, data, digest) => {
    expect(Hmac.hex(key, data)).toBe(digest)
    expect(twin.Hmac.hex(twins.toBoard(key) as unknown as Bytes.Bytes, twins.toBoard(data) as unknown as Bytes.Bytes))
      .toBe(digest)
  })
})

describe("a signature", () => {
  /** A character for each byte. */
  const document = fc.uint8Array({ maxLength: 40 }).map(Bytes.toBinary)

  it("is valid for the secret and the document it was made of, and gives the document back byte for byte", () => {
    fc.assert(fc.property(document, fc.string({ unit: "grapheme", minLength: 1 }), (document, secret) => {
      const payload = Bytes.toBinary(Signature.sign(secret, Bytes.fromBinary(document)))
      expect(Signature.fault(secret, payload)).toBe(undefined)
      expect(Signature.document(payload)).toBe(document)
    }))
  })

  it("breaks with any change to what it stands before, and to itself", () => {
    fc.assert(fc.property(document, fc.nat(), fc.constantFrom("x", "0", "\n", ""), (document, where, put) => {
      const payload = Bytes.toBinary(Signature.sign("secret", Bytes.fromBinary(document)))
      const at = where % payload.length
      const changed = payload.slice(0, at) + put + payload.slice(at + 1)
      fc.pre(changed !== payload)
      expect(Signature.fault("secret", changed)).toMatch(/must be signed/)
    }), { numRuns: 500 })
  })

  it("is asked of nobody without a secret, and of everybody with one", () => {
    const signed = (secret: string) => Bytes.toBinary(Signature.sign(secret, Bytes.fromText("{}")))
    expect(Signature.fault("", "{}")).toBe(undefined)
    expect(Signature.document("{}")).toBe("{}")
    expect(Signature.fault("", signed("any"))).toBe(undefined)
    for (const payload of ["", "{}", "sha256=", "sha256=\n{}", "sha256=" + "0".repeat(64), signed("other")]) {
      expect(Signature.fault("secret", payload)).toMatch(/must be signed/)
    }
  })
})
