import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import type { ApplicationMessage } from "../../../src/domain/packet/ApplicationMessage.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Topic from "../../../src/domain/packet/Topic.ts"
import * as Exchange from "../../../src/programs/client/Exchange.ts"
import type * as ExchangeState from "../../../src/programs/client/ExchangeState.ts"

const message = (topic: string): ApplicationMessage<1> => ({
  topic: Result.getOrThrow(Topic.name(topic)),
  payload: Bytes.empty,
  qos: 1,
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
