import { describe, expect, it } from "vitest"
import { ConnectionRefused } from "../../../src/domain/packet/ConnectionRefused.ts"
import { ProtocolViolation } from "../../../src/domain/packet/PacketError.ts"
import * as Attempt from "../../../src/domain/wake/Attempt.ts"
import * as ConnectionEnd from "../../../src/domain/wake/ConnectionEnd.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"
import { type Given, pendingIn, patchOf, wakeOf } from "./support.ts"

type Facts = Partial<Attempt.Attempt>

const learn = (given: Given, facts: Facts) => {
  const wake = wakeOf({ attemptCount: 2, lastAttemptTime: 5_000, ...given })
  const before = wake.state
  ConnectionEnd.learn({ ...Attempt.make(wake), ...facts })
  return { wake, patch: patchOf(before, wake.state), events: wake.events }
}

const alone: WakeEvent = {
  _tag: "ConnectAlone",
  reason: "the connection ended before CONNACK; the next CONNECT goes alone, and the rest after CONNACK"
}
const suspected = (topic: string, failures: number): WakeEvent => ({
  _tag: "MessageSuspected",
  failures,
  reason: `the message for ${topic} was not acknowledged when the connection ended; it goes after the others`
})
const started = { reconnect: { attemptCount: 0, lastAttemptTime: 5_000, draw: 0 } }
const violation = new ProtocolViolation({ packet: "PUBACK", clause: "MQTT-3.2.0-1", message: "PUBACK before CONNACK" })
const refused = new ConnectionRefused({ returnCode: 5, message: "not authorized" })

describe("how CONNECT goes the next time", () => {
  it.each<readonly [name: string, before: number, facts: Facts, after: number, events: ReadonlyArray<WakeEvent>]>([
    ["with the rest, after a usual connection", 0, { accepted: true }, 0, []],
    ["alone, after one that ended before CONNACK", 0, {}, 1, [alone]],
    ["with the rest, after one that ended before CONNACK all the same", 1, {}, 0, []],
    ["alone again, once it has helped", 1, { accepted: true }, 2, []],
    ["alone, where it has helped and fails now", 2, {}, 2, []],
    ["alone for the last time", 23, { accepted: true }, 24, []],
    ["with the rest again, after so many connections", 24, { accepted: true }, 0, []],
    ["with the rest again, if more were counted by an older program", 25, { accepted: true }, 0, []],
    ["alone, where the last of them fails", 24, {}, 24, []],
    ["as before, where the Server refused by a return code", 0, { broken: refused }, 0, []],
    ["as before, where what came before CONNACK broke the rules", 0, { broken: violation }, 0, []],
    ["counted on, where the Server broke the rules later", 5, { accepted: true, broken: violation }, 6, []]
  ])("%s", (_, connectAlone, facts, after, events) => {
    const learned = learn({ state: { connectAlone } }, facts)
    expect(learned.patch).toEqual(after === connectAlone ? {} : { connectAlone: after })
    expect(learned.events).toEqual(events)
  })
})

describe("which message the Server may not take", () => {
  it.each<readonly [name: string, given: Given, facts: Facts, patch: object, events: ReadonlyArray<WakeEvent>]>([
    ["none, where all were acknowledged", { pending: "a" }, { accepted: true }, {}, []],
    ["the first that was not acknowledged", { pending: "a b c" }, { accepted: true, sent: [2, 3] }, {
      suspects: [[2, 1]]
    }, [suspected("b", 1)]],
    ["none before CONNACK", { pending: "a" }, { sent: [1], broken: violation }, {}, []],
    [
      "one that is suspected already",
      { pending: "a b", state: { suspects: [[1, 1]] } },
      { accepted: true, sent: [1] },
      { suspects: [[1, 2]] },
      [suspected("a", 2)]
    ],
    ["one as often as twice, where none was delivered", { pending: "a b", state: { suspects: [[1, 2]] } }, {
      accepted: true,
      sent: [1]
    }, {}, [suspected("a", 2)]],
    ["one more often, where others were delivered", { pending: "a b", state: { suspects: [[1, 2]] } }, {
      accepted: true,
      sent: [1],
      delivered: 1,
      reported: 1
    }, { suspects: [[1, 3]], ...started }, [suspected("a", 3)]],
    ["others stay suspected that are still pending", { pending: "a b", state: { suspects: [[2, 1], [9, 1]] } }, {
      accepted: true,
      sent: [1]
    }, { suspects: [[2, 1], [1, 1]] }, [suspected("a", 1)]],
    ["none, where it was evicted since", { pending: "a" }, { accepted: true, sent: [9] }, {}, []],
    ["the next, where the first was evicted since", { pending: "a b" }, { accepted: true, sent: [9, 2] }, {
      suspects: [[2, 1]]
    }, [suspected("b", 1)]]
  ])("%s", (_, given, facts, patch, events) => {
    const learned = learn(given, facts)
    expect(learned.patch).toEqual(patch)
    expect(learned.events).toEqual(events)
  })

  it("one on which five connections ended is not sent any more, if the Server took others", () => {
    const given: Given = { pending: "a b", inFlight: [[1, 1, "dup"], [2, 2, "dup"]], state: { suspects: [[1, 4]] } }
    const { events, wake } = learn(given, { accepted: true, delivered: 1, reported: 1, sent: [1, 2] })
    expect([pendingIn(wake.state), wake.state.outbox.dropped, wake.state.suspects]).toEqual([[2], 1, []])
    expect(wake.state.session.inFlight).toEqual(
      [{ packetIdentifier: 1, entry: -1, dup: true }, { packetIdentifier: 2, entry: 2, dup: true }]
    )
    expect(events).toEqual(
      [{ _tag: "MessageAbandoned", reason: "the message for a: 5 connections ended on it and the Server took others" }]
    )
  })
})

describe("what else is learned", () => {
  const ignored = (name: string, id: number, request: string): WakeEvent => ({
    _tag: "Ignored",
    reason: `${name} for Packet Identifier ${id}, which no ${request} is waiting for`
  })

  it.each<readonly [name: string, given: Given, facts: Facts, patch: object, events: ReadonlyArray<WakeEvent>]>([
    ["the tries start over where messages were taken and others not", { pending: "a" }, {
      accepted: true,
      delivered: 2,
      reported: 2,
      sent: [9]
    }, started, []],
    ["they do not where all that was sent was taken", { pending: "a" }, { accepted: true, delivered: 2, reported: 2 },
      {}, []],
    ["they do not where none was taken", { pending: "a" }, { accepted: true, sent: [9] }, {}, []],
    ["messages that were delivered since are told", { pending: "a b" }, { accepted: true, delivered: 3, reported: 1 },
      {}, [
      {
        _tag: "Delivered",
        count: 2,
        pending: 2
      }
    ]],
    ["a PUBACK for which nothing waits", {}, { accepted: true, unexpected: { _tag: "Puback", packetIdentifier: 7 } },
      {}, [ignored("PUBACK", 7, "PUBLISH")]],
    [
      "a SUBACK for which nothing waits",
      {},
      { accepted: true, unexpected: { _tag: "Suback", packetIdentifier: 8, returnCodes: [0] } },
      {},
      [ignored("SUBACK", 8, "SUBSCRIBE")]
    ]
  ])("%s", (_, given, facts, patch, events) => {
    const learned = learn(given, facts)
    expect(learned.patch).toEqual(patch)
    expect(learned.events).toEqual(events)
  })
})
