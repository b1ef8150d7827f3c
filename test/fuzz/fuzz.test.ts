/** Any bytes through both codecs, and whether a fault in one of them would be found. More of them: `npm run fuzz`. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as fc from "fast-check"
import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import type { Packet } from "../../src/domain/packet/Packet.ts"
import { check } from "./check.ts"
import type { Codecs } from "./codecs.ts"
import * as Real from "./codecs.ts"
import * as Chance from "./Chance.ts"
import * as Input from "./Input.ts"
import { shrink } from "./shrink.ts"
import { watch } from "./watch.ts"
import { program } from "../support/program.ts"
import { runs } from "../support/runs.ts"

const real = await Real.load()

/** The first input of `most` that breaks something. */
const firstBroken = (codecs: Codecs, most: number) => {
  for (let number = 0; number < most; number++) {
    const input = Input.make(1, number)
    if (typeof check(codecs, input) === "string") return input
  }
  return undefined
}

describe("any bytes, however they are split", () => {
  it("do no harm, and are the same packets and the same fault to Client and board", () => {
    const any = fc.property(fc.nat(), fc.nat(), (seed, number) => {
      expect(check(real, Input.make(seed, number))).not.toBeTypeOf("string")
    })
    fc.assert(any, { numRuns: runs(1_500, 3_000) })
  })

  it("do no harm when they are random", () => {
    const noise = fc.tuple(fc.uint8Array({ maxLength: 60 }),
      fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), fc.constantFrom(0, 1, 20, 20_000))
    fc.assert(fc.property(noise, ([stream, sizes, maximum]) => {
      expect(check(real, { stream, sizes, maximum })).not.toBeTypeOf("string")
    }), { numRuns: 2_000 })
  })

  it("come to every verdict and to every packet that a Server may send", () => {
    const clauses = new Set<string>()
    const tags = new Set<string>()
    const client = new Set<string>()
    const clauses5 = new Set<string>()
    const tags5 = new Set<string>()
    const kind = (packet: { readonly _tag: string; readonly qos?: number; readonly dup?: boolean }) =>
      packet._tag === "Publish" ? `${packet.qos}${packet.dup === true ? " again" : ""}` : packet._tag
    for (let number = 0; number < runs(6_000, 12_000); number++) {
      const seen = check(real, Input.make(Chance.hash("verdicts"), number))
      if (typeof seen === "string") throw new Error(seen)
      for (const packet of seen.packets) tags.add(packet._tag)
      const [tag, , clause] = seen.verdict.split(" ")
      clauses.add(clause ?? tag as string)
      for (const packet of seen.client) client.add(kind(packet))
      for (const packet of seen.version5.packets) tags5.add(kind(packet))
      const [tag5, , clause5] = seen.version5.verdict.split(" ")
      clauses5.add(clause5 ?? tag5 as string)
    }
    expect([...tags].sort()).toEqual(["Connack", "Oversized", "Pingresp", "Puback", "Publish", "Suback", "Unsuback"])
    expect([...clauses].sort()).toEqual([
      "",
      "2.2.1",
      "2.2.3",
      "3.2.2.1",
      "3.2.2.3",
      "MQTT-1.5.3-1",
      "MQTT-1.5.3-2",
      "MQTT-2.2.2-2",
      "MQTT-2.3.1-1",
      "MQTT-3.10.1-1",
      "MQTT-3.14.1-1",
      "MQTT-3.2.2-4",
      "MQTT-3.3.1-2",
      "MQTT-3.3.1-4",
      "MQTT-3.3.2-2",
      "MQTT-3.6.1-1",
      "MQTT-3.8.1-1",
      "MQTT-3.8.4-5",
      "MQTT-3.8.4-6",
      "MQTT-3.9.3-2",
      "MQTT-4.7.3-1",
      "PacketTooLarge"
    ])
    const both = ["0", "1", "1 again", "2", "2 again", "Connack", "Pingresp", "Puback", "Pubcomp", "Pubrec", "Pubrel",
      "Suback", "Unsuback"]
    expect([...client].sort()).toEqual([...both, "Oversized"].sort())
    expect([...tags5].sort()).toEqual(
      [...both, "Auth", "Connect", "Disconnect", "Pingreq", "Subscribe", "Unsubscribe"].sort()
    )
    // And many more, of single properties: which of them depends on how many inputs there are.
    expect([...clauses5]).toEqual(expect.arrayContaining([
      "",
      "1.5.5",
      "2.1.2",
      "2.1.4",
      "2.2.2.1",
      "2.2.2.2",
      "3.3.2.1",
      "3.8.3.1",
      "MQTT-1.5.4-1",
      "MQTT-1.5.4-2",
      "MQTT-1.5.5-1",
      "MQTT-2.1.3-1",
      "MQTT-2.2.1-3",
      "MQTT-2.2.1-5",
      "MQTT-2.2.1-6",
      "MQTT-3.1.2-2",
      "MQTT-3.1.2-3",
      "MQTT-3.11.3-2",
      "MQTT-3.14.2-1",
      "MQTT-3.15.2-1",
      "MQTT-3.2.2-1",
      "MQTT-3.2.2-6",
      "MQTT-3.2.2-8",
      "MQTT-3.3.1-2",
      "MQTT-3.3.1-4",
      "MQTT-3.3.2-14",
      "MQTT-3.3.2-2",
      "MQTT-3.3.2-8",
      "MQTT-3.4.2-1",
      "MQTT-3.9.3-2",
      "MQTT-4.7.3-1",
      "PacketTooLarge"
    ]))
    expect(clauses5.size).toBeGreaterThan(55)
  })
})

describe("an input", () => {
  it("depends on nothing but its seed and its number", () => {
    const made = [3, 1, 2].map((number) => Input.make(5, number))
    expect(made.map(({ stream }) => stream)).toEqual([Input.make(5, 3).stream, Input.make(5, 1).stream,
      Input.make(5, 2).stream])
    expect(Input.make(6, 3)).not.toEqual(Input.make(5, 3))
    expect(Input.make(5, 2 ** 32 + 3)).not.toEqual(Input.make(5, 3))
  })

  it("is brought whole, whatever its chunks are", () => {
    for (let number = 0; number < 500; number++) {
      const input = Input.make(2, number)
      expect(Buffer.concat(Input.split(input)).equals(input.stream)).toBe(true)
    }
  })
})

describe("a planted fault is found, and shrunk to little:", () => {
  const { Framer, Packet, Packet5, ServerPacket, board } = real
  const changed = (change: (packet: Packet) => Packet): Codecs["Packet"]["decode"] => (frame) =>
    Result.map(Packet.decode(frame), change)

  const rows: ReadonlyArray<readonly [what: string, codecs: Codecs, bytes: number]> = [
    ["a decoder that throws", {
      ...real,
      ServerPacket: {
        decode: (frame) => {
          if (frame[0] === 0x90) throw new RangeError("planted")
          return ServerPacket.decode(frame)
        }
      }
    }, 6],
    ["a framer that forgets the first part", {
      ...real,
      Framer: {
        ...Framer,
        push: (framer, chunk, decode) =>
          Framer.push(framer.received === 1 ? Framer.make(framer.maximumPacketSize) : framer, chunk, decode)
      }
    }, 4],
    ["a framer that keeps what failed", {
      ...real,
      Framer: {
        ...Framer,
        push: (framer, chunk, decode) => {
          const pushed = Framer.push(framer, chunk, decode)
          return pushed.failure === undefined ? pushed
            : { ...pushed, framer: { ...pushed.framer, parts: { last: chunk, before: undefined } } }
        }
      }
    }, 2],
    ["a framer that goes on after a fault", {
      ...real,
      Framer: {
        ...Framer,
        push: (framer, chunk, decode) => Framer.push({ ...framer, failure: undefined }, chunk, decode)
      }
    }, 4],
    ["a packet that is read as another", {
      ...real,
      Packet: {
        ...Packet,
        decode: changed((packet) =>
          packet._tag === "Puback" ? { ...packet, packetIdentifier: packet.packetIdentifier & 0xff } : packet
        )
      }
    }, 4],
    ["a Client that takes no QoS 2", { ...real, AnyServerPacket: real.ServerPacket }, 11],
    ["a PUBREL that is written as PUBCOMP", {
      ...real,
      Packet: {
        ...Packet,
        encode: (packet) => Packet.encode(packet._tag === "Pubrel" ? { ...packet, _tag: "Pubcomp" } : packet)
      }
    }, 4],
    ["a DUP of QoS 2 that MQTT 5 loses", {
      ...real,
      Packet5: {
        ...Packet5,
        encode: (packet) =>
          Packet5.encode(packet._tag === "Publish" && packet.qos === 2 ? { ...packet, dup: false } : packet)
      }
    }, 9],
    ["a Reason Code of MQTT 5 that is forgotten", {
      ...real,
      Packet5: {
        ...Packet5,
        encode: (packet) => Packet5.encode(packet._tag === "Puback" ? { ...packet, reasonCode: 0 } : packet)
      }
    }, 6],
    ["a board that takes QoS 2", {
      ...real,
      board: {
        ...board,
        Incoming: {
          ...board.Incoming,
          add: (incoming, chunk) => {
            const bytes = chunk as unknown as string
            const first = bytes.charCodeAt(0)
            board.Incoming.add(incoming,
              (first >> 4 === 3 && (first & 6) === 4 ? String.fromCharCode(first - 2) + bytes.slice(1)
                : bytes) as never)
          }
        }
      }
    }, 8],
    ["a board that takes any packet, however large", {
      ...real,
      board: { ...board, Incoming: { ...board.Incoming, make: () => board.Incoming.make(1_000_000) } }
    }, 5]
  ]
  it.each(rows)("%s", (_, codecs, bytes) => {
    const found = firstBroken(codecs, 10_000)
    expect(found).toBeDefined()
    const shrunk = shrink(codecs, found as Input.Input)
    expect(check(codecs, shrunk)).toBeTypeOf("string")
    expect(check(real, shrunk)).not.toBeTypeOf("string")
    expect(shrunk.stream.length).toBeLessThanOrEqual(bytes)
  })
})

describe("the process that runs inputs", () => {
  const isPingresp = (input: Input.Input) => {
    const seen = check(real, input)
    return typeof seen !== "string" && seen.packets.some((packet) => packet._tag === "Pingresp")
  }
  const seed = "lost"
  const number = [...Array(1_000).keys()].find((each) => isPingresp(Input.make(Chance.hash(seed), each))) as number

  const rows = [["does not return from", "hang", "did not return"], ["is ended by", "die", "SIGKILL"]] as const
  it.each(rows)("says which input it %s", (_, fault, said) =>
    Effect.runPromise(Effect.gen(function*() {
      const job = {
        seed,
        from: 0,
        count: 10_000,
        every: 100,
        codecs: new URL(`./planted.ts?${fault}`, import.meta.url).href
      }
      const found = yield* watch(job, { patienceMillis: 2_000, onAt: () => {} })
      expect(found).toMatchObject({ _tag: "Lost", number, end: number + 1, how: expect.stringContaining(said) })
    })))
})

describe("npm run fuzz", () => {
  const fuzz = (...args: ReadonlyArray<string>) => {
    const { status, stderr, stdout } = spawnSync(process.execPath, [program("fuzz"), ...args], { encoding: "utf8" })
    return { status, out: stdout.trim(), err: stderr.trim() }
  }

  it("says what it has done", () => {
    const { out, status } = fuzz("--inputs", "2500", "--seed", "abc")
    expect(out).toMatch(
      /^2,500 inputs of seed abc, [\d,]+ a second: all hold\n[\d,]+ packets read; [\d,]+ inputs refused, for \d+ reasons\nmemory of the process: \d+ MB at the start, \d+ MB at most$/
    )
    expect(status).toBe(0)
  })

  it("replays one input", () => {
    expect(fuzz("--replay", "30050001610203d00100", "--chunks", "1,2")).toMatchObject({
      status: 0,
      out:
        "holds: 1 packets, then MalformedPacket PINGRESP 2.2.3\n  {\"_tag\":\"Publish\",\"topic\":\"a\",\"payload\":\"0203\",\"qos\":0,\"retain\":false,\"dup\":false}"
    })
  })

  it("refuses a wrong command line in one line", () => {
    expect(fuzz("--replay", "3")).toEqual({ status: 1, out: "", err: "--replay must be bytes in hex, such as 300100" })
  })
})
