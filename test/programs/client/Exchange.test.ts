import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { ApplicationMessage } from "../../../src/domain/packet/ApplicationMessage.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Topic from "../../../src/domain/packet/Topic.ts"
import * as Exchange from "../../../src/programs/client/Exchange.ts"
import { PublishRefused } from "../../../src/programs/client/errors.ts"
import type * as ExchangeState from "../../../src/programs/client/ExchangeState.ts"

const message = (topic: string, qos: 1 | 2 = 1): ApplicationMessage<1 | 2> => ({
  topic: Result.getOrThrow(Topic.name(topic)),
  payload: Bytes.empty,
  qos,
  retain: false
})

/** In line, and its publisher waits for it. */
const line = (exchange: ExchangeState.Exchange, topic: string): ExchangeState.Publication =>
  Result.getOrThrow(Exchange.publish(exchange, message(topic), () => {}))

/** The topics that leave when the Server can be reached. */
const admitted = (exchange: ExchangeState.Exchange): ReadonlyArray<string> => {
  const topics: Array<string> = []
  Exchange.admit(exchange, (packet) => {
    if (packet._tag === "Publish") topics.push(packet.topic)
    return undefined
  })
  return topics
}

describe("Exchange.cancel", () => {
  it("keeps nothing of what was cancelled while there is no connection", () => {
    const exchange = Exchange.make(64, 10, 1e9)
    for (let i = 0; i < 1_000; i++) Exchange.cancel(exchange, line(exchange, "t"))
    expect(exchange.line.length).toBe(0)
  })

  it("keeps the line no longer than twice what waits in it, in order", () => {
    const exchange = Exchange.make(64, 10, 1e9)
    for (let i = 0; i < 1_000; i++) {
      if (i % 250 === 0) line(exchange, "kept " + i)
      Exchange.cancel(exchange, line(exchange, "cancelled"))
      expect(exchange.line.length).toBeLessThanOrEqual(2 * exchange.inLine)
    }
    expect(admitted(exchange)).toEqual(["kept 0", "kept 250", "kept 500", "kept 750"])
  })

  it("gives its place to another", () => {
    const exchange = Exchange.make(64, 2, 1e9)
    const first = line(exchange, "1")
    line(exchange, "2")
    expect(Exchange.publish(exchange, message("3"), () => {})).toMatchObject({
      failure: { _tag: "OutboxFull", capacity: 2 }
    })
    Exchange.cancel(exchange, first)
    line(exchange, "3")
    expect(admitted(exchange)).toEqual(["2", "3"])
  })

  it("leaves what is in flight to be acknowledged, and the rest in line", () => {
    const exchange = Exchange.make(1, 10, 1e9)
    const sent = line(exchange, "sent")
    line(exchange, "next")
    expect(admitted(exchange)).toEqual(["sent"])
    Exchange.cancel(exchange, sent)
    Exchange.cancel(exchange, sent)
    expect(exchange.inLine).toBe(1)
    expect(exchange.publications).toBe(1)
  })
})

/** An Exchange on a connection; `said` is what it sends. */
const connected = (window = 64) => {
  const exchange = Exchange.make(window, 100, 1e9)
  const said: Array<string> = []
  const done: Array<string> = []
  const send: ExchangeState.Send = (packet) => {
    const dup = packet._tag === "Publish" && packet.dup ? " DUP" : ""
    const topic = packet._tag === "Publish" ? ` ${packet.topic} qos ${packet.qos}` : ""
    said.push(packet._tag + ("packetIdentifier" in packet ? ` ${packet.packetIdentifier}` : "") + topic + dup)
    return undefined
  }
  const resume = (sessionPresent: boolean) => {
    const isProbing = Exchange.resume(exchange, sessionPresent, { filling: 1, begun: 1 })
    if (!isProbing) Exchange.sendOn(exchange, send)
    return isProbing
  }
  resume(false)
  const publish = (topic: string, qos: 1 | 2 = 2) => {
    const ended = (result: Effect.Effect<void, unknown>) =>
      void done.push(`${topic} ${Exit.isSuccess(Effect.runSyncExit(result)) ? "done" : "failed"}`)
    Result.getOrThrow(Exchange.publish(exchange, message(topic, qos), ended))
    Exchange.admit(exchange, send)
  }
  const answer = (name: "PUBACK" | "PUBREC" | "PUBCOMP", identifier: number) =>
    Exchange.acknowledge(exchange, name, identifier, send)
  const reconnect = (sessionPresent: boolean, byServer = false) => {
    Exchange.disconnected(exchange, byServer)
    said.splice(0)
    return resume(sessionPresent)
  }
  return { exchange, said, done, send, publish, answer, reconnect }
}

describe("QoS 2 at its sender", () => {
  it("goes PUBLISH, PUBREC, PUBREL, PUBCOMP, and is done with the last", () => {
    const { answer, done, publish, said } = connected()
    publish("a")
    expect(answer("PUBCOMP", 1)).toBe(false)
    expect(answer("PUBREC", 1)).toBe(true)
    expect(answer("PUBACK", 1)).toBe(false)
    expect(answer("PUBREC", 1)).toBe(false)
    expect(done).toEqual([])
    expect(answer("PUBCOMP", 1)).toBe(true)
    expect(done).toEqual(["a done"])
    expect(said).toEqual(["Publish 1 a qos 2", "Pubrel 1"])
  })

  it("takes no PUBREC and no PUBCOMP for a message of QoS 1", () => {
    const { answer, publish } = connected()
    publish("a", 1)
    expect([answer("PUBREC", 1), answer("PUBCOMP", 1), answer("PUBACK", 1)]).toEqual([false, false, true])
  })

  it("keeps its place in the window until PUBCOMP", () => {
    const { answer, publish, said } = connected(1)
    publish("a")
    publish("b")
    answer("PUBREC", 1)
    expect(said).toEqual(["Publish 1 a qos 2", "Pubrel 1"])
    answer("PUBCOMP", 1)
    expect(said.slice(2)).toEqual(["Publish 2 b qos 2"])
  })

  it("is over with a PUBREC that refuses it", () => {
    const { done, exchange, publish, said, send } = connected()
    publish("a")
    const refused = (topic: string) => new PublishRefused({ topic, reasonCode: 0x97, message: "quota" })
    expect(Exchange.acknowledge(exchange, "PUBREC", 1, send, refused)).toBe(true)
    expect(done).toEqual(["a failed"])
    expect(said).toEqual(["Publish 1 a qos 2"])
    expect(Exchange.isInUse(exchange, 1)).toBe(false)
  })

  it("sends each PUBREL again in the order of the PUBRECs, before every PUBLISH", () => {
    const { answer, publish, reconnect, said } = connected()
    for (const topic of ["a", "b", "c", "d"]) publish(topic)
    publish("e", 1)
    answer("PUBREC", 3)
    answer("PUBREC", 2)
    reconnect(true)
    expect(said).toEqual(["Pubrel 3", "Pubrel 2", "Publish 1 a qos 2 DUP", "Publish 4 d qos 2 DUP",
      "Publish 5 e qos 1 DUP"])
  })

  it("publishes again what had no PUBCOMP, in its first order, when the Server has lost the Session", () => {
    const { answer, publish, reconnect, said } = connected()
    for (const topic of ["a", "b", "c"]) publish(topic)
    answer("PUBREC", 2)
    reconnect(false)
    expect(said).toEqual(["Publish 4 a qos 2", "Publish 5 b qos 2", "Publish 6 c qos 2"])
  })

  it("sends all PUBRELs and holds back each PUBLISH when the Server takes fewer than before", () => {
    const { answer, exchange, publish, reconnect, said } = connected()
    for (const topic of ["a", "b", "c"]) publish(topic)
    answer("PUBREC", 1)
    answer("PUBREC", 2)
    exchange.maximumInFlight = 1
    reconnect(true)
    expect(said).toEqual(["Pubrel 1", "Pubrel 2"])
    answer("PUBCOMP", 1)
    answer("PUBCOMP", 2)
    expect(said.slice(2)).toEqual(["Publish 3 c qos 2 DUP"])
  })

  it("finds the message on which the Server closes, with the PUBRELs of others beside it", () => {
    const { answer, done, exchange, publish, reconnect, said, send } = connected()
    publish("poison")
    publish("b")
    answer("PUBREC", 2)
    reconnect(true, true)
    let isProbing = reconnect(true, true)
    for (let strikes = 0; strikes < 10 && !done.includes("poison failed"); strikes++) {
      expect(isProbing).toBe(true)
      expect(said).toEqual([])
      Exchange.sendOn(exchange, send)
      expect(said).toEqual(strikes === 0 ? ["Pubrel 2", "Publish 1 poison qos 2 DUP"] : ["Publish 1 poison qos 2 DUP"])
      if (strikes === 0) answer("PUBCOMP", 2)
      isProbing = reconnect(true, true)
    }
    expect(done).toEqual(["b done", "poison failed"])
    // The Server may have it all the same, and would take another message with its Packet Identifier for it.
    expect([isProbing, ...said]).toEqual([false, "Pubrel 1"])
    publish("c")
    expect(said[1]).toBe("Publish 3 c qos 2")
    expect(answer("PUBCOMP", 1)).toBe(true)
  })

  it("is forgotten with the Session when it was given up", () => {
    const { done, exchange, publish, reconnect, said, send } = connected()
    publish("poison")
    for (let losses = 0; losses < 2; losses++) reconnect(true, true)
    while (!done.includes("poison failed")) {
      Exchange.sendOn(exchange, send)
      reconnect(true, true)
    }
    expect(said).toEqual(["Pubrel 1"])
    reconnect(false)
    expect([exchange.publications, exchange.bytes, ...said]).toEqual([0, 0])
  })

  it("is lowered to what the Server takes, where that is wanted", () => {
    const { answer, done, exchange, publish, said } = connected()
    exchange.maximumQos = 1
    publish("a")
    answer("PUBACK", 1)
    exchange.maximumQos = 0
    publish("b")
    expect(said).toEqual(["Publish 1 a qos 1", "Publish undefined b qos 0"])
    expect(done).toEqual(["a done", "b done"])
  })
})
