/**
 * A received message, as programs without Effect get it.
 */
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { Received } from "../client/Handler.ts"

/** A message that the Server has sent. */
export interface Message {
  readonly topic: string
  /** The bytes. They are yours: nothing else refers to them. */
  readonly payload: Uint8Array
  /** The same as text, from UTF-8. What is no UTF-8 becomes U+FFFD. */
  readonly text: string
  /** 0: at most once. 1: at least once, so it may come twice. 2: exactly once, while the Server keeps the Session. */
  readonly qos: QoS
  /** The Server had kept it from before the subscription. */
  readonly retain: boolean
  /** The Server says that this may be a repetition (QoS 1); with QoS 2, one that this client has not handed over. */
  readonly dup: boolean
  /** With MQTT 5: what it says besides its payload. Undefined with MQTT 3.1.1. */
  readonly properties: Received["properties"]
}

class ReceivedMessage implements Message {
  readonly topic: string
  readonly payload: Uint8Array
  readonly qos: QoS
  readonly retain: boolean
  readonly dup: boolean
  readonly properties: Received["properties"]

  constructor({ dup, payload, properties, qos, retain, topic }: Received) {
    this.topic = topic
    // The Client's bytes are a part of what it has read, which lives as long as any part of it.
    this.payload = payload.slice()
    this.qos = qos
    this.retain = retain
    this.dup = dup
    this.properties = properties
  }

  get text(): string {
    return Bytes.toText(this.payload)
  }
}

/** With its own copy of the payload. */
export const make = (received: Received): Message => new ReceivedMessage(received)
