import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Sntp from "../../../src/domain/time/Sntp.ts"
import { load, toBoard } from "../../support/twins.ts"

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replaceAll(" ", ""), "hex"))

const nonce = hex("01 02 03 04 05 06 07 08")

/**
 * Worked out by hand. 2026-11-29T22:10:00Z is 1,795,990,200 s since 1970, and 2,208,988,800 s more since 1900, which is
 * 4,004,979,000 = 0xEEB72138. Half a second is 0x80000000.
 */
const at2210 = 1_795_990_200_000

interface Parts {
  readonly first?: string
  readonly stratum?: string
  readonly reference?: string
  readonly originate?: string
  readonly received?: string
  readonly sent?: string
}

/** Version 4, mode 4, stratum 2; received at 22:10:00.000, sent at 22:10:00.500. */
const answer = ({
  first = "24",
  originate = "01 02 03 04 05 06 07 08",
  received = "ee b7 21 38 00 00 00 00",
  reference = "7f 00 00 01",
  sent = "ee b7 21 38 80 00 00 00",
  stratum = "02"
}: Parts = {}): Uint8Array =>
  hex(first + stratum + "06 ec  00 00 00 00  00 00 00 00" + reference + "00 00 00 00 00 00 00 00" + originate +
    received + sent)

const refused: ReadonlyArray<readonly [name: string, answer: Uint8Array, reason: string]> = [
  ["47 bytes", answer().subarray(0, 47), "it has 47 bytes, not 48"],
  ["nothing", new Uint8Array(0), "it has 0 bytes, not 48"],
  ["a request", answer({ first: "23" }), "its mode is 3, not 4"],
  ["a broadcast", answer({ first: "25" }), "its mode is 5, not 4"],
  ["another client's answer", answer({ originate: "01 02 03 04 05 06 07 09" }), "it answers another request"],
  ["a kiss of death", answer({ stratum: "00", reference: "52 41 54 45" }),
    "the server does not want to be asked (RATE)"],
  ["one whose code is none", answer({ stratum: "00", reference: "1b 5b 41 0a" }),
    "the server does not want to be asked (A)"],
  ["stratum 16", answer({ stratum: "10" }), "its stratum is 16, not 1 to 15"],
  ["a server that is not set itself", answer({ first: "e4" }), "the server's own clock is not set"],
  ["no time of receipt", answer({ received: "00 00 00 00 00 00 00 00" }), "it holds no time"],
  ["no time of sending", answer({ sent: "00 00 00 00 00 00 00 00" }), "it holds no time"],
  ["one that was sent before the request came", answer({ received: "ee b7 21 39 00 00 00 00" }),
    "its times contradict each other"],
  ["one that took longer than we waited", answer({ sent: "ee b7 21 39 00 00 00 00" }),
    "its times contradict each other"]
]

describe("a request", () => {
  it("is version 4, mode 3, and nothing but what it is known by again", () => {
    expect(Buffer.from(Sntp.request(nonce)).toString("hex")).toBe("23" + "00".repeat(39) + "0102030405060708")
  })

  it("is known by eight bytes that are drawn", () => {
    const draws = [0, 0.5, 0.999_999, 1 / 256, 0.25, 0.75, 0.1, 0.9]
    let count = 0
    expect(Buffer.from(Sntp.nonce(() => draws[count++] as number)).toString("hex")).toBe("0080ff0140c019e6")
    expect(count).toBe(8)
  })
})

describe("an answer", () => {
  const rows: ReadonlyArray<readonly [name: string, sentAt: number, receivedAt: number, millis: number]> = [
    ["a clock that is right, 100 ms away each way", at2210 - 100, at2210 + 600, 0],
    ["a clock that is 10 s behind", at2210 - 10_100, at2210 - 9_400, 10_000],
    ["a clock that is 10 s ahead", at2210 + 9_900, at2210 + 10_600, -10_000],
    ["a clock that has never been set", 1_000, 1_700, at2210 - 1_100],
    ["an answer that took 400 ms on its way back, by half of which it is wrong", at2210, at2210 + 900, -200],
    ["a clock that gives no more than whole milliseconds", at2210 + 1, at2210 + 500, 0]
  ]
  it.each(rows)("sets %s", (_, sentAt, receivedAt, millis) => {
    expect(Sntp.offset(answer(), nonce, sentAt, receivedAt)).toEqual(Result.succeed(millis))
  })

  it("counts from 2036 on where the first bit is not set", () => {
    // 2036-02-07T06:28:16Z is 2^32 s since 1900: 2,085,978,496 s since 1970. Received one second later.
    const in2036 = answer({ received: "00 00 00 01 00 00 00 00", sent: "00 00 00 01 00 00 00 00" })
    expect(Sntp.offset(in2036, nonce, 2_085_978_497_000, 2_085_978_497_000)).toEqual(Result.succeed(0))
    // The last second of the era before.
    const before = answer({ received: "ff ff ff ff 00 00 00 00", sent: "ff ff ff ff 00 00 00 00" })
    expect(Sntp.offset(before, nonce, 2_085_978_495_000, 2_085_978_495_000)).toEqual(Result.succeed(0))
  })

  it("may have an authenticator behind it, a first version, a far stratum and a leap second ahead", () => {
    const long = Bytes.concat([answer({ first: "4c", stratum: "0f" }), new Uint8Array(20)])
    expect(Sntp.offset(long, nonce, at2210, at2210 + 500)).toEqual(Result.succeed(0))
  })

  it.each(refused)("is not believed: %s", (_, bytes, reason) => {
    expect(Sntp.offset(bytes, nonce, at2210, at2210 + 500)).toEqual(Result.fail(reason))
  })

  it("is not believed whatever single bit of what it must repeat is another", () => {
    for (let bit = 0; bit < 64; bit++) {
      const bytes = Uint8Array.from(answer())
      bytes[24 + (bit >> 3)] = (bytes[24 + (bit >> 3)] as number) ^ (1 << (bit & 7))
      expect(Sntp.offset(bytes, nonce, at2210, at2210 + 500)).toEqual(Result.fail("it answers another request"))
    }
  })
})

describe("on a board, whose bytes are texts,", () => {
  it("requests and answers are the same", async () => {
    const board = await load<{ Sntp: typeof Sntp }>(`export * as Sntp from "./domain/time/Sntp.ts"`)
    const text = toBoard(nonce) as unknown as Bytes.Bytes
    expect(board.Sntp.request(text)).toBe(toBoard(Sntp.request(nonce)))
    for (const [, bytes, reason] of refused) {
      expect(board.Sntp.offset(toBoard(bytes) as unknown as Bytes.Bytes, text, at2210, at2210 + 500)).toMatchObject({
        failure: reason
      })
    }
    expect(board.Sntp.offset(toBoard(answer()) as unknown as Bytes.Bytes, text, 1_000, 1_700)).toMatchObject({
      success: at2210 - 1_100
    })
  })
})
