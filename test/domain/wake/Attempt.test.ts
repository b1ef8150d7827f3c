import { describe, expect, it } from "vitest"
import * as ConfigUpdate from "../../../src/domain/config/ConfigUpdate.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Outgoing from "../../../src/domain/packet/Outgoing.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import {
  connack,
  type Flight,
  type Given,
  inFlightIn,
  message,
  puback,
  suback,
  takeAll,
  twoTopics,
  wakeOf,
  written
} from "./support.ts"

type Words = ReadonlyArray<string>

const noConfig = { load_config_from_mqtt: false }
const always = { file: { deep_sleep: false }, mqtt: { topic_command: "cmd" } }

describe("what is subscribed to", () => {
  it.each<readonly [name: string, given: Given, topics: Words]>([
    ["the configuration", {}, ["config"]],
    ["two topics of it", { mqtt: twoTopics }, ["config/version", "config/data"]],
    ["nothing, where it is not loaded over MQTT", { mqtt: noConfig }, []],
    ["the configuration in the first try", { attemptCount: 1 }, ["config"]],
    ["nothing in the try after a failure", { attemptCount: 2 }, []],
    ["nothing in any later try", { attemptCount: 3 }, []],
    ["with suspects: nothing in every other try", { attemptCount: 2, state: { suspects: [[1, 1]] } }, []],
    ["with suspects: the configuration in every other try", { attemptCount: 3, state: { suspects: [[1, 1]] } }, [
      "config"
    ]],
    ["the configuration after one wake that ended while it sent", { state: { unfinished: 1 } }, ["config"]],
    ["nothing after two of them", { state: { unfinished: 2 } }, []],
    ["nothing where an update was stored in this wake", { wake: { isReplaced: true } }, []],
    ["an always-on device: the commands, too", always, ["cmd", "config"]],
    ["an always-on device: all of it after failures, too", { ...always, attemptCount: 7 }, ["cmd", "config"]],
    ["an always-on device: only commands after two wakes that ended while they sent", {
      ...always,
      state: { unfinished: 2 }
    }, ["cmd"]],
    ["an always-on device: only commands, where no configuration is loaded", {
      ...always,
      mqtt: { ...always.mqtt, ...noConfig }
    }, ["cmd"]],
    ["one that sleeps: the commands, too", { mqtt: always.mqtt }, ["cmd", "config"]],
    ["one that sleeps: only commands in the try after a failure", { mqtt: always.mqtt, attemptCount: 2 }, ["cmd"]],
    ["one that sleeps: nothing after two wakes that ended while they sent", {
      mqtt: always.mqtt,
      state: { unfinished: 2 }
    }, []]
  ])("%s", (_, given, topics) => {
    expect(Attempt.wantedTopics(wakeOf(given))).toEqual(topics)
  })
})

describe("the next messages go", () => {
  it.each<readonly [name: string, given: Given, go: boolean]>([
    ["nothing is pending", {}, false],
    ["nothing is in flight and something is pending", { pending: "a" }, true],
    ["something is in flight", { pending: "a b", inFlight: [[1, 1]] }, false],
    ["only a SUBSCRIBE is in flight", { pending: "a", inFlight: [[1, 0]] }, true],
    ["only what was evicted is in flight", { pending: "a", inFlight: [[1, -1, "dup"]] }, true],
    ["all that is pending is held back", { pending: "a b", wake: { held: [1, 2] } }, false],
    ["more is pending than is held back", { pending: "a b", wake: { held: [1] } }, true],
    ["only what is held back is in flight", { pending: "a b", inFlight: [[1, 1]], wake: { held: [1] } }, true],
    ["more is in flight than what is held back", { pending: "a b c", inFlight: [[1, 1], [2, 2]], wake: { held: [1] } },
      false]
  ])("%s", (_, given, expected) => {
    const wake = wakeOf(given)
    expect(Attempt.hasPending(wake) && Attempt.hasRoom(wake)).toBe(expected)
  })
})

describe("what is written at once, and what is in flight then", () => {
  it.each<readonly [name: string, given: Given, packets: Words, inFlight: ReadonlyArray<Flight>]>([
    ["nothing pending", {}, ["CONNECT", "SUBSCRIBE 1 config"], [[1, 0]]],
    ["nothing pending and nothing asked for", { mqtt: noConfig }, ["CONNECT"], []],
    [
      "a message that was never sent",
      { pending: "a", inFlight: [[1, 1]] },
      ["CONNECT", "PUBLISH 1 p/a a1", "SUBSCRIBE 2 config"],
      [[1, 1, "dup"], [2, 0]]
    ],
    [
      "one that may have been sent",
      { pending: "a", inFlight: [[1, 1, "dup"]] },
      ["CONNECT", "PUBLISH 1 p/a a1 DUP", "SUBSCRIBE 2 config"],
      [[1, 1, "dup"], [2, 0]]
    ],
    ["one that has no Packet Identifier waits", { pending: "a b", inFlight: [[1, 1]], mqtt: noConfig }, ["CONNECT",
      "PUBLISH 1 p/a a1"], [[1, 1, "dup"]]],
    ["one that is held back waits, and was not sent", {
      pending: "a b",
      inFlight: [[1, 1], [2, 2]],
      wake: { held: [1] },
      mqtt: noConfig
    }, ["CONNECT", "PUBLISH 2 p/b b2"], [[1, 1], [2, 2, "dup"]]],
    ["in the order of what is pending, not of Packet Identifiers", {
      pending: "a b",
      inFlight: [[3, 2], [4, 1]],
      mqtt: noConfig
    }, ["CONNECT", "PUBLISH 4 p/a a1", "PUBLISH 3 p/b b2"], [[3, 2, "dup"], [4, 1, "dup"]]],
    ["two topics in one SUBSCRIBE", { mqtt: twoTopics }, ["CONNECT", "SUBSCRIBE 1 config/version config/data"], [[1,
      0]]],
    ["CONNECT alone to a Server that closes on more", { pending: "a", inFlight: [[1, 1]], state: { connectAlone: 1 } },
      [
        "CONNECT"
      ], [[1, 1]]]
  ])("%s", (_, given, packets, inFlight) => {
    const wake = wakeOf(given)
    const attempt = Attempt.make(wake)
    expect(written(Attempt.open(attempt))).toEqual(packets)
    expect(inFlightIn(wake.state)).toEqual(inFlight)
    expect(attempt.isOpen).toBe(wake.state.connectAlone === 0)
    const sent = packets.flatMap((packet) => /^PUBLISH .* [a-z](\d+)( DUP)?$/.exec(packet)?.[1] ?? [])
    expect(attempt.sent).toEqual(sent.map(Number))
    const asks = packets.some((packet) => packet.startsWith("SUBSCRIBE"))
    expect([attempt.subscription, attempt.filters]).toEqual(
      asks ? ["waiting", Attempt.wantedTopics(wake).length] : ["none", 0]
    )
  })

  it("CONNECT without what the configuration does not give", () => {
    const connect = (given: Given) =>
      Bytes.toBinary(
        Outgoing.bytes(Attempt.open(Attempt.make(wakeOf({ ...given, mqtt: { ...noConfig, ...given.mqtt } }))))
      )
    expect(
      connect({ mqtt: { client_id: "c", username: "u", password: "w" } })
    ).toBe("\x10\x13\0\x04MQTT\x04\xc0\0\x3c\0\x01c\0\x01u\0\x01w")
    expect(connect({ mqtt: { client_id: "c" } })).toBe("\x10\x0d\0\x04MQTT\x04\0\0\x3c\0\x01c")
  })
})

describe("what is written next", () => {
  it("all that follows CONNECT, where that went alone, and once", () => {
    const wake = wakeOf({ pending: "a", inFlight: [[1, 1]], state: { connectAlone: 3 } })
    const attempt = Attempt.make(wake)
    Attempt.open(attempt)
    takeAll(attempt, connack())
    expect(written(Attempt.send(attempt))).toEqual(["PUBLISH 1 p/a a1", "SUBSCRIBE 2 config"])
    expect(written(Attempt.send(attempt))).toEqual([])
  })

  it.each<readonly [name: string, chunks: ReadonlyArray<Bytes.Bytes>, flights: ReadonlyArray<Flight>, packets: Words]>([
    ["nothing, if nothing has come", [], [[1, 1, "dup"]], []],
    ["an acknowledgement for each message with QoS 1, first", [message("config", "{}", 7), message("x", "", 7)], [[1, 1,
      "dup"], [2, 2]], ["PUBACK 7", "PUBACK 7", "PUBLISH 2 p/b b2"]],
    ["none for one with QoS 0", [message("config", "{}")], [[1, 1, "dup"]], []],
    ["what got a Packet Identifier since", [], [[1, 1, "dup"], [2, 2]], ["PUBLISH 2 p/b b2"]]
  ])("%s", (_, chunks, flights, packets) => {
    const wake = wakeOf({ pending: "a b", inFlight: [[1, 1]], mqtt: noConfig })
    const attempt = Attempt.make(wake)
    Attempt.open(attempt)
    takeAll(attempt, connack(), ...chunks)
    wake.state = wakeOf({ pending: "a b", inFlight: flights }).state
    expect(written(Attempt.send(attempt))).toEqual(packets)
    expect(written(Attempt.send(attempt))).toEqual([])
  })

  it("answers alone, once; and with the last packets DISCONNECT", () => {
    const attempt = Attempt.make(wakeOf({ pending: "a b", inFlight: [[1, 1]] }))
    takeAll(attempt, connack(), message("config", "{}", 7))
    expect([written(Attempt.reply(attempt)), written(Attempt.reply(attempt))]).toEqual([["PUBACK 7"], []])
    takeAll(attempt, message("config", "{}", 8))
    expect(written(Attempt.leave(attempt))).toEqual(["PUBACK 8", "DISCONNECT"])
  })
})

describe("there is something to learn from a connection that has ended", () => {
  type Facts = Partial<Attempt.Attempt>
  const usual: Facts = { accepted: true, delivered: 2, reported: 2 }
  it.each<readonly [name: string, facts: Facts, connectAlone: number, isUnusual: boolean]>([
    ["nothing from a usual one", usual, 0, false],
    ["it ended before CONNACK", { ...usual, accepted: false }, 0, true],
    ["the Server acknowledged what was not sent", { ...usual, unexpected: { _tag: "Puback", packetIdentifier: 1 } }, 0,
      true],
    ["messages were delivered that nobody was told of", { ...usual, delivered: 3 }, 0, true],
    ["CONNECT went alone", usual, 1, true],
    ["a message was not acknowledged", { ...usual, sent: [4] }, 0, true]
  ])("%s", (_, facts, connectAlone, expected) => {
    expect(Attempt.isUnusual({ ...Attempt.make(wakeOf({ state: { connectAlone } })), ...facts })).toBe(expected)
  })
})

describe("everything pending is delivered", () => {
  it.each<readonly [name: string, given: Given, facts: Partial<Attempt.Attempt>, isDelivered: boolean]>([
    ["nothing was pending", {}, {}, true],
    ["not before CONNACK", {}, { accepted: false }, false],
    ["not before what follows CONNECT was written", {}, { isOpen: false }, false],
    ["not while something is pending", { pending: "a" }, {}, false],
    ["but for what is held back", { pending: "a", wake: { held: [1] } }, {}, true],
    ["not with more than what is held back", { pending: "a b", wake: { held: [1] } }, {}, false]
  ])("%s", (_, given, facts, expected) => {
    expect(
      Attempt.isDelivered({ ...Attempt.make(wakeOf(given)), accepted: true, isOpen: true, ...facts })
    ).toBe(expected)
  })

  it.each(
    [[false, 0], [true, 3]] as const
  )("which is emitted: Session Present %s, %i delivered", (sessionPresent, delivered) => {
    const wake = wakeOf({ pending: "a b", wake: { held: [1, 2] } })
    const attempt = { ...Attempt.make(wake), isSessionPresent: sessionPresent, delivered }
    Attempt.reached(attempt)
    expect([attempt.isReached, attempt.reported]).toEqual([true, delivered])
    expect(wake.events).toEqual(
      [{ _tag: "Connected", sessionPresent }, { _tag: "Delivered", count: delivered, pending: 2 }]
    )
  })
})

describe("nothing more is to be waited for of a configuration", () => {
  const update = (texts: Readonly<Record<string, string>>, mqtt: object): ConfigUpdate.ConfigUpdate => {
    const { config } = wakeOf({ mqtt: { ...mqtt } })
    const receive = (before: ConfigUpdate.ConfigUpdate, [topic, text]: readonly [string, string]) =>
      ConfigUpdate.receive(before, { topic, payload: Bytes.fromText(text) })
    return Object.entries(texts).reduce(receive, ConfigUpdate.begin(config.mqtt, 5, config))
  }
  const here = update({ config: "{}" }, {})
  const broken = new Error("") as Error & Attempt.AttemptError

  it.each<readonly [name: string, facts: Partial<Attempt.Attempt>, isSettled: boolean]>([
    ["it is here", { subscription: "granted", update: here }, true],
    ["it is here before SUBACK", { subscription: "waiting", update: here }, false],
    ["nothing was asked for", { subscription: "none", update: here }, false],
    ["it is not here", { subscription: "granted" }, false],
    ["nobody may read it", { subscription: "refused" }, true],
    ["it is too large", { tooLarge: "it has 20000 bytes" }, true],
    ["it is too large, and the attempt has ended", { tooLarge: "it has 20000 bytes", broken }, false],
    ["it is here, and the attempt has ended", { subscription: "granted", update: here, broken }, false],
    ["nobody may read it, and the attempt has ended", { subscription: "refused", broken }, false],
    ["two topics: nothing has come", { subscription: "granted", update: update({}, twoTopics) }, false],
    ["two topics: the present number", {
      subscription: "granted",
      update: update({ "config/version": "5" }, twoTopics)
    }, true],
    ["two topics: a newer number without its document", {
      subscription: "granted",
      update: update({ "config/version": "6" }, twoTopics)
    }, false],
    [
      "two topics: a newer number with an older document",
      {
        subscription: "granted",
        update: update({ "config/version": "6", "config/data": "{\"version\":5}" }, twoTopics)
      },
      false
    ],
    [
      "two topics: a newer number with its document",
      {
        subscription: "granted",
        update: update({ "config/version": "6", "config/data": "{\"version\":6}" }, twoTopics)
      },
      true
    ],
    ["two topics: a document without a number", {
      subscription: "granted",
      update: update({ "config/data": "{\"version\":6}" }, twoTopics)
    }, false]
  ])("%s", (_, facts, expected) => {
    expect(Attempt.isConfigSettled({ ...Attempt.make(wakeOf()), ...facts })).toBe(expected)
  })
})

it("an attempt begins with nothing sent and nothing answered", () => {
  const wake = wakeOf({ pending: "a", inFlight: [[1, 1]] })
  const { accepted, commands, delivered, isOpen, isReached, sent, subscription, reported, unexpected } = Attempt.make(
    wake
  )
  expect({ accepted, commands, delivered, isOpen, isReached, sent, subscription, reported, unexpected }).toEqual({
    accepted: false,
    commands: undefined,
    delivered: 0,
    isOpen: false,
    isReached: false,
    sent: [],
    subscription: "none",
    reported: 0,
    unexpected: undefined
  })
})

it("what was delivered is reported once, and what comes later in addition", () => {
  const wake = wakeOf({ pending: "a b", inFlight: [[1, 1], [2, 2]], mqtt: noConfig })
  const attempt = Attempt.make(wake)
  Attempt.open(attempt)
  takeAll(attempt, connack(), puback(1), puback(2), suback(3, 0))
  expect([attempt.delivered, attempt.sent, attempt.unexpected?._tag]).toEqual([2, [], "Suback"])
})
