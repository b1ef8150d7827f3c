/**
 * PUBLISH: at most once, at least once, or exactly once.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import * as Publish from "../../domain/packet/Publish.ts"
import * as Topic from "../../domain/packet/Topic.ts"
import { OutboxFull } from "../../domain/delivery/Outbox.ts"
import * as Core from "./Core.ts"
import type { PublishError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import type { Message } from "./ExchangeState.ts"
import { type MessageProperties, type Payload, qosFault, toBytes } from "./options.ts"
import * as Outgoing from "./Outgoing.ts"

/** What a message says besides its payload (MQTT 5, 3.3.2.3). The Client chooses Topic Aliases itself. */
export type PublishProperties = MessageProperties

/** How one message is published (MQTT 3.1.1, 3.3.1). */
export interface PublishOptions {
  /**
   * 0, the default: at most once. 1: at least once. 2: exactly once, if the Server keeps the Session (`cleanSession`
   * false); without the Session a message that had no last answer may come twice.
   */
  readonly qos?: QoS | undefined
  /** The Server keeps the message for later subscribers; an empty one removes it. False by default. */
  readonly retain?: boolean | undefined
  /** With MQTT 5 only. */
  readonly properties?: PublishProperties | undefined
}

/**
 * Waits for the network only while much waits to be written: so a loop that publishes fills one write after another.
 */
const atMostOnce = (
  core: Core.Core,
  topic: Topic.TopicName,
  payload: Bytes,
  retain: boolean,
  properties: Message["properties"]
): Effect.Effect<void, PublishError> => {
  if (core.link === undefined) return Effect.fail(Core.notConnected(core))
  const { outgoing } = core.link
  const capacity = core.settings.outboxBytes
  const waiting = Outgoing.size(outgoing)
  if (waiting > 0 && waiting + payload.length > capacity) {
    const message =
      `${waiting} bytes already wait to be written, and with this message more than ${capacity} would (outboxBytes)`
    return Effect.fail(new OutboxFull({ capacity, unit: "bytes", message }))
  }
  const packet = Publish.make<0>(topic, payload, 0, retain, false, undefined)
  const invalid = Outgoing.push(outgoing, properties === undefined ? packet : { ...packet, properties })
  if (invalid !== undefined) return Effect.fail(invalid)
  core.quietTopic = topic
  return Outgoing.isMuch(outgoing) ? Effect.callback((resume) => Outgoing.onWritten(outgoing, resume)) : Effect.void
}

const acknowledged = (core: Core.Core, message: Message): Effect.Effect<void, PublishError> =>
  Effect.callback((resume) => {
    if (core.ended !== undefined) return resume(Effect.fail(core.ended))
    const published = Exchange.publish(core.exchange, message, resume)
    if (Result.isFailure(published)) return resume(Effect.fail(published.failure))
    if (core.link !== undefined) Exchange.admit(core.exchange, core.link.send)
    return Effect.sync(() => Exchange.cancel(core.exchange, published.success))
  })

export const publish = (
  core: Core.Core,
  topic: string,
  payload: Payload,
  options: PublishOptions = {}
): Effect.Effect<void, PublishError> =>
  Effect.suspend(() => {
    if (core.topicName !== topic) {
      const name = Topic.name(topic)
      if (Result.isFailure(name)) return Effect.fail(name.failure)
      core.topicName = name.success
    }
    const { retain = false } = options
    // Its topic is checked where the packet is encoded.
    const properties = options.properties as Message["properties"]
    const wanted = options.qos ?? 0
    const invalid = qosFault("PUBLISH", wanted)
    if (invalid !== undefined) return Effect.fail(invalid)
    const qos = Math.min(wanted, core.exchange.maximumQos) as QoS
    const bytes = toBytes(payload)
    return qos === 0
      ? atMostOnce(core, core.topicName, bytes, retain, properties)
      : acknowledged(core, { topic: core.topicName, payload: bytes, qos, retain, properties })
  })
