import { describe, expect, it } from "vitest"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Answers from "../../../src/domain/wake/Answers.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import { maximumPacketSize } from "../../../src/domain/wake/maximumPacketSize.ts"
import {
  connack,
  type Flight,
  type Given,
  inFlightIn,
  message,
  opened,
  pendingIn,
  pingresp,
  puback,
  suback,
  takeAll,
  twoTopics,
  unsuback,
  wakeOf,
  written
} from "./support.ts"

type Chunks = ReadonlyArray<Bytes.Bytes>

/** Two messages are written with Packet Identifiers 1 and 2, and SUBSCRIBE with 3. */
const two: Given = { pending: "a b", inFlight: [[1, 1], [2, 2]] }

const ids = (attempt: Attempt.Attempt): ReadonlyArray<Flight> => inFlightIn(attempt.wake.state)

const take = (given: Given, chunks: Chunks): Attempt.Attempt => {
  const attempt = opened(wakeOf(given))
  takeAll(attempt, ...chunks)
  return attempt
}

describe("acknowledgements", () => {
  interface Expected {
    readonly pending: ReadonlyArray<number>
    readonly sent: ReadonlyArray<number>
    readonly delivered: number
    readonly unexpected?: number
  }

  it.each<readonly [name: string, given: Given, chunks: Chunks, expected: Expected]>([
    ["none", two, [], { pending: [1, 2], sent: [1, 2], delivered: 0 }],
    ["of the first", two, [puback(1)], { pending: [2], sent: [2], delivered: 1 }],
    ["of both, in another order", two, [puback(2), puback(1)], { pending: [], sent: [], delivered: 2 }],
    ["of both in one chunk", two, [Bytes.concat([puback(1), puback(2)])], { pending: [], sent: [], delivered: 2 }],
    ["of both, cut anywhere", two, [...puback(1), ...puback(2)].map((byte) => Uint8Array.of(byte)), {
      pending: [],
      sent: [],
      delivered: 2
    }],
    ["of one, twice", two, [puback(1), puback(1)], { pending: [2], sent: [2], delivered: 1, unexpected: 1 }],
    ["of nothing that was ever sent", two, [puback(9), puback(8)], {
      pending: [1, 2],
      sent: [1, 2],
      delivered: 0,
      unexpected: 9
    }],
    ["of a SUBSCRIBE by PUBACK", two, [puback(3)], { pending: [1, 2], sent: [1, 2], delivered: 0, unexpected: 3 }],
    ["of a message by SUBACK", two, [suback(1, 0)], { pending: [1, 2], sent: [1, 2], delivered: 0, unexpected: 1 }],
    ["of what was sent on an earlier connection and is held back", {
      ...two,
      inFlight: [[1, 1, "dup"], [2, 2]],
      wake: { held: [1] }
    }, [puback(1)], { pending: [1, 2], sent: [2], delivered: 0, unexpected: 1 }],
    ["of what has a Packet Identifier and was never sent", { ...two, wake: { held: [2] } }, [puback(2)], {
      pending: [1, 2],
      sent: [1],
      delivered: 0,
      unexpected: 2
    }],
    ["of an UNSUBSCRIBE that was not sent", two, [unsuback(3)], { pending: [1, 2], sent: [1, 2], delivered: 0 }],
    ["of a PINGREQ that was not sent", two, [pingresp()], { pending: [1, 2], sent: [1, 2], delivered: 0 }]
  ])("%s", (_, given, chunks, { delivered, pending, sent, unexpected }) => {
    const attempt = take(given, [connack(), ...chunks])
    expect([pendingIn(attempt.wake.state), attempt.sent, attempt.delivered]).toEqual([pending, sent, delivered])
    expect([attempt.broken, attempt.unexpected?.packetIdentifier]).toEqual([undefined, unexpected])
  })

  it("of a message that was evicted since count, and its Packet Identifier is free", () => {
    const wake = wakeOf({ ...two, mqtt: { load_config_from_mqtt: false } })
    const attempt = opened(wake)
    wake.state = wakeOf({ inFlight: [[1, -1, "dup"], [2, 2, "dup"]] }).state
    takeAll(attempt, connack(), puback(1))
    expect([attempt.delivered, ids(attempt), attempt.unexpected]).toEqual([1, [[2, 2, "dup"]], undefined])
  })
})

describe("SUBACK", () => {
  const subackMismatch = (codes: number, filters: number) =>
    `SUBACK has ${codes} return codes for ${filters} Topic Filters`

  it.each<
    readonly [
      name: string,
      mqtt: object,
      codes: ReadonlyArray<0 | 1 | 2 | 0x80>,
      subscription: Attempt.Attempt["subscription"],
      broken: string | undefined
    ]
  >([
    ["grants", {}, [0], "granted", undefined],
    ["grants more than was asked for", {}, [1], "granted", undefined],
    ["refuses", {}, [0x80], "refused", undefined],
    ["grants both topics", twoTopics, [0, 0], "granted", undefined],
    ["refuses one of two", twoTopics, [0, 0x80], "refused", undefined],
    ["has too many return codes", {}, [0, 0], "granted", subackMismatch(2, 1)],
    ["has too few return codes", twoTopics, [0], "granted", subackMismatch(1, 2)],
    ["refuses with too few return codes", twoTopics, [0x80], "refused", subackMismatch(1, 2)]
  ])("%s", (_, mqtt, codes, subscription, broken) => {
    const attempt = take({ ...two, mqtt: { ...mqtt } }, [connack(), suback(3, ...codes)])
    expect([attempt.subscription, attempt.broken?.message]).toEqual([subscription, broken])
    expect([ids(attempt), attempt.delivered]).toEqual([[[1, 1, "dup"], [2, 2, "dup"]], 0])
  })

  it("that refuses is emitted with the fix", () => {
    const wake = wakeOf()
    Answers.subscriptionRefused(Attempt.make(wake))
    expect(wake.events).toEqual([{
      _tag: "ConfigUnchanged",
      reason: "the Server refused the subscription (SUBACK 0x80); check what this client may read"
    }])
  })
})

describe("what ends an attempt", () => {
  type Broken = readonly [tag: string, message: string]
  const violation = (text: string): Broken => ["ProtocolViolation", text]
  const early = (name: string): Broken => violation(name + " before CONNACK")
  const raw = (...bytes: ReadonlyArray<number>): Bytes.Bytes => Uint8Array.from(bytes)
  const large = message("config", "x".repeat(maximumPacketSize), 5)

  it.each<readonly [name: string, chunks: Chunks, broken: Broken]>([
    ["PUBACK before CONNACK", [puback(1)], early("PUBACK")],
    ["SUBACK before CONNACK", [suback(3, 0)], early("SUBACK")],
    ["PUBLISH before CONNACK", [message("config", "{}")], early("PUBLISH")],
    ["PUBLISH that is too large before CONNACK", [large], early("PUBLISH")],
    ["PINGRESP before CONNACK", [pingresp()], early("PINGRESP")],
    ["UNSUBACK before CONNACK", [unsuback(3)], early("UNSUBACK")],
    ["a second CONNACK", [connack(), connack()], violation("a second CONNACK on one connection")],
    ["a second CONNACK that refuses", [connack(), connack(5)], violation("a second CONNACK on one connection")],
    ["a packet that no Server sends", [connack(), raw(0xc0, 0)],
      violation("PINGREQ is not for this Client (MQTT 3.1.1, 2.2.1)")],
    ["bytes that are no packet", [connack(), raw(0x40, 0xff, 0xff, 0xff, 0xff)], ["MalformedPacket",
      expect.anything() as string]],
    ["a SUBACK that is too large", [connack(), raw(0x90, 0x80, 0x80, 0x02)], ["PacketTooLarge",
      expect.anything() as string]]
  ])("%s", (_, chunks, broken) => {
    const attempt = take(two, chunks)
    expect([attempt.broken?._tag, attempt.broken?.message]).toEqual(broken)
    expect([pendingIn(attempt.wake.state), attempt.delivered]).toEqual([[1, 2], 0])
    const before = JSON.stringify(attempt.wake.state)
    takeAll(attempt, puback(1), connack(), message("config", "{}", 9))
    expect(
      [attempt.broken?.message, JSON.stringify(attempt.wake.state), written(attempt.replies)]
    ).toEqual([broken[1], before, []])
  })

  it.each([1, 2, 3, 4, 5] as const)("return code %i of CONNACK, and nothing after it counts", (returnCode) => {
    const attempt = take(two, [Bytes.concat([connack(returnCode), puback(1)])])
    expect(
      [attempt.accepted, attempt.broken?._tag, (attempt.broken as { readonly returnCode?: number }).returnCode]
    ).toEqual([false, "ConnectionRefused", returnCode])
    expect(attempt.delivered).toBe(0)
  })

  it.each([true, false])("nothing, with return code 0 and Session Present %s", (present) => {
    const attempt = take(two, [connack(0, present)])
    expect([attempt.accepted, attempt.isSessionPresent, attempt.broken]).toEqual([true, present, undefined])
  })

  it("comes after what was acknowledged before it in the same chunk", () => {
    const attempt = take(two, [Bytes.concat([connack(), puback(1), connack(), puback(2)])])
    expect(
      [attempt.delivered, pendingIn(attempt.wake.state), attempt.broken?.message]
    ).toEqual([1, [2], "a second CONNACK on one connection"])
  })
})

describe("a message from the Server", () => {
  const always: Given = { file: { deep_sleep: false }, mqtt: { topic_command: "cmd" } }
  const large = (topic: string, packetIdentifier?: number) =>
    message(topic, "x".repeat(maximumPacketSize), packetIdentifier)
  const tooLarge = (size: number) => `it has ${size} bytes; this device takes at most ${maximumPacketSize}`
  interface Expected {
    readonly document?: string
    readonly announced?: string
    readonly commands?: ReadonlyArray<string>
    readonly tooLarge?: string
    readonly replies?: ReadonlyArray<string>
  }

  it.each<readonly [name: string, given: Given, chunk: Bytes.Bytes, expected: Expected]>([
    ["is the configuration", {}, message("config", "{}"), { document: "{}" }],
    ["with QoS 1 is to be acknowledged", {}, message("config", "{}", 7), { document: "{}", replies: ["PUBACK 7"] }],
    ["on another topic is nothing, and is acknowledged", {}, message("other", "{}", 7), { replies: ["PUBACK 7"] }],
    ["that is empty is nothing: a retained one was removed", {}, message("config", ""), {}],
    ["is the number of two topics", { mqtt: twoTopics }, message("config/version", "6"), { announced: "6" }],
    ["is the document of two topics", { mqtt: twoTopics }, message("config/data", "{}"), { document: "{}" }],
    ["is a command", always, message("cmd", "read", undefined, false), { commands: ["read"] }],
    ["is a command, which is not acknowledged before it is done", always, message("cmd", "read", 7, false), {
      commands: ["read"]
    }],
    ["is a command to one that sleeps", { mqtt: always.mqtt ?? {} }, message("cmd", "read", 7, false), {
      commands: ["read"]
    }],
    ["is a command of which the beginning is enough", always, message("cmd", "x".repeat(10_000), 7, false), {
      commands: ["x".repeat(257)]
    }],
    ["on another topic is not acknowledged while an update is on probation: it may be a command after all", {
      state: { probation: { version: 5, wakes: 1 } }
    }, message("other", "read", 7, false), {}],
    ["says that a retained command was cleared", always, message("cmd", "", 7, false), { replies: ["PUBACK 7"] }],
    ["is a command that waits at the Server: two wakes ended while they sent", {
      mqtt: always.mqtt ?? {},
      state: { unfinished: 2 }
    }, message("cmd", "read", 7, false), { commands: [] }],
    ["is a command to a device that has no topic for them", {}, message("cmd", "read", undefined, false), {}],
    ["is too large", {}, large("config"), { tooLarge: tooLarge(maximumPacketSize + 12) }],
    ["is too large and has QoS 1", {}, large("config", 7), {
      tooLarge: tooLarge(maximumPacketSize + 14),
      replies: ["PUBACK 7"]
    }],
    ["is too large, on a topic that is not known", {}, large("other"), { tooLarge: tooLarge(maximumPacketSize + 11) }],
    ["is a command that is too large: its length stands for it", always, large("cmd", 7), {
      commands: [`${maximumPacketSize + 11} bytes`]
    }],
    ["has a Topic Name that is too large", always, large("t".repeat(20_000)), {
      tooLarge: tooLarge(maximumPacketSize + 20_000 + 6)
    }],
    ["is just not too large", {}, message("config", "x".repeat(maximumPacketSize - 12)), {
      document: "x".repeat(maximumPacketSize - 12)
    }]
  ])("%s", (_, given, chunk, expected) => {
    const { broken, commands: waiting = [], replies, tooLarge, update } = take(given, [connack(), chunk])
    const commands = waiting.map(({ text }) => text.trim())
    expect(
      { announced: update.announced, broken, commands, document: update.document, tooLarge, replies: written(replies) }
    ).toEqual({
      announced: undefined,
      broken: undefined,
      commands: [],
      document: undefined,
      tooLarge: undefined,
      replies: [],
      ...expected
    })
  })
})
