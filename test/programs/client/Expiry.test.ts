/** The Message Expiry Interval of what waits in an Exchange, second by second. */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { describe, expect, it } from "vitest"
import type * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import type * as Dialect from "../../../src/programs/client/Dialect.ts"
import * as Exchange from "../../../src/programs/client/Exchange.ts"
import type { Message } from "../../../src/programs/client/ExchangeState.ts"
import * as Expiry from "../../../src/programs/client/Expiry.ts"

/** An Exchange with room for so many messages in flight and in all, at second 0. */
const make = (window: number, capacity = 10) => {
  const clock = { millis: 1_000_000 }
  const sent: Array<Extract<Dialect.Sent, { readonly _tag: "Publish" }>> = []
  const events: Array<DeliveryLog.Event> = []
  const ended: Array<string> = []
  let numbers = 0
  const notes = { nextNumber: () => ++numbers, note: (event: DeliveryLog.Event) => void events.push(event) }
  const exchange = Exchange.make(window, capacity, 1e9, notes, () => clock.millis)
  const send = (packet: Dialect.Sent) => {
    if (packet._tag === "Publish") sent.push(packet)
    return undefined
  }
  const publish = (topic: string, messageExpiryInterval: number | undefined, qos: 1 | 2 = 1) => {
    const properties = { messageExpiryInterval, contentType: "t" }
    const expiresAt = Expiry.expiresAt(exchange, properties)
    const message: Message = {
      topic: topic as TopicName,
      payload: new Uint8Array(1),
      qos,
      retain: false,
      properties,
      expiresAt
    }
    const result = Exchange.publish(exchange, message, (outcome) => {
      const error = Option.getOrUndefined(Exit.findErrorOption(Effect.runSyncExit(outcome)))
      ended.push(topic + " " + (error?._tag ?? "done"))
    })
    Exchange.admit(exchange, send)
    return result
  }
  const connect = (sessionPresent: boolean) => {
    Exchange.disconnected(exchange, false)
    sent.splice(0)
    Exchange.resume(exchange, sessionPresent, { filling: 1, begun: 1 })
    Exchange.sendOn(exchange, send)
  }
  connect(false)
  const intervals = () => sent.map(({ properties, topic }) => [topic, properties?.messageExpiryInterval])
  const puback = (identifier: number) => Exchange.acknowledge(exchange, "PUBACK", identifier, send)
  return { exchange, clock, sent, events, ended, publish, connect, intervals, puback }
}

describe("a message that expires", () => {
  it("is sent with the seconds that are left when its turn comes, and with its other properties", () => {
    const { clock, intervals, publish, puback, sent } = make(1)
    publish("a", 60)
    publish("b", 60)
    expect(intervals()).toEqual([["a", 60]])
    clock.millis += 7_400
    puback(1)
    expect(intervals()).toEqual([["a", 60], ["b", 53]])
    expect(sent[1]?.properties?.contentType).toBe("t")
  })

  it("is not sent when its time is over, fails with MessageExpired, and is owed no longer", () => {
    const { clock, ended, events, intervals, publish, puback } = make(1)
    publish("a", undefined)
    publish("b", 5)
    publish("c", undefined)
    clock.millis += 5_001
    puback(1)
    expect(intervals()).toEqual([["a", undefined], ["c", undefined]])
    expect(ended).toEqual(["b MessageExpired", "a done"])
    expect(events).toContainEqual({ _tag: "Done", number: 2 })
  })

  it("is sent again with a second at least, whatever the time, if it was sent before", () => {
    const { clock, connect, ended, intervals, publish, sent } = make(2)
    publish("a", 5)
    publish("b", 5, 2)
    clock.millis += 60_000
    connect(true)
    expect(intervals()).toEqual([["a", 1], ["b", 1]])
    expect(sent.map(({ dup }) => dup)).toEqual([true, true])
    connect(false)
    expect(intervals()).toEqual([["a", 1], ["b", 1]])
    expect(ended).toEqual([])
  })

  it("gives its room to another one when there is none left", () => {
    const { clock, ended, exchange, publish } = make(1, 3)
    publish("a", undefined)
    publish("b", 5)
    publish("c", 10)
    expect(publish("d", 10)._tag).toBe("Failure")
    clock.millis += 6_000
    expect(publish("d", 10)._tag).toBe("Success")
    expect(publish("e", 10)._tag).toBe("Failure")
    expect(ended).toEqual(["b MessageExpired"])
    expect(exchange.inLine).toBe(2)
  })

  it("with an interval of 0 is sent at once or never", () => {
    const { clock, ended, intervals, publish, puback } = make(1)
    publish("a", 0)
    expect(intervals()).toEqual([["a", 0]])
    publish("b", 0)
    clock.millis += 1
    puback(1)
    expect(ended).toEqual(["b MessageExpired", "a done"])
  })
})
