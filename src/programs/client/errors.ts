/**
 * How the Client's operations can fail, and why its connections end.
 */
import * as Data from "effect/Data"
import type { ApplicationMessage } from "../../domain/packet/ApplicationMessage.ts"
import type { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
import type { OutboxFull } from "../../domain/delivery/Outbox.ts"
import type { DecodeError, InvalidPacket, PacketTooLarge } from "../../domain/packet/PacketError.ts"
import type { InvalidTopic } from "../../domain/packet/Topic.ts"
import type { LikelyCause, SocketError } from "../../ports/Socket.ts"
import type { StoreError } from "../../ports/Store.ts"

/** The Server answered a SUBSCRIBE with a code from 0x80 on (MQTT 3.1.1, 3.9.3; MQTT 5, 3.9.3). */
export class SubscriptionRefused extends Data.TaggedError("SubscriptionRefused")<{
  readonly topicFilter: string
  readonly message: string
  /** With MQTT 5: why (table 2-6). */
  readonly reasonCode?: number
}> {}

export const subscriptionRefused = (topicFilter: string): SubscriptionRefused =>
  new SubscriptionRefused({
    topicFilter,
    message: `the Server refused the subscription to ${topicFilter}: ask its administrator for the right to read there`
  })

/** The Server has got this message and does not take it (MQTT 5: a PUBACK with a Reason Code from 0x80 on). */
export class PublishRefused extends Data.TaggedError("PublishRefused")<{
  readonly topic: string
  /** Why (MQTT 5, 3.4.2.1). */
  readonly reasonCode: number
  readonly message: string
}> {}

/** QoS not supported (MQTT 5, 3.2.2.2): in the words of a Reason Code what a Server without QoS 2 does. */
const qosNotSupported = 0x9b

/** The Server has answered a message with QoS 2 with PUBACK, which ends it: it treats it as one with QoS 1. */
export const publishLowered = (topic: string): PublishRefused =>
  new PublishRefused({
    topic,
    reasonCode: qosNotSupported,
    message:
      `the Server has acknowledged a message to ${topic} with PUBACK, as one without QoS 2 does (RabbitMQ before 3.13): `
      + "it has the message, but not exactly once; publish with QoS 1 there"
  })

/** The Server has closed the connection and has said why (MQTT 5, 3.14). */
export class ServerDisconnected extends Data.TaggedError("ServerDisconnected")<{
  /** MQTT 5, 3.14.2.1. */
  readonly reasonCode: number
  /** Another Server to use, if this one names any (3.14.2.2.5). */
  readonly serverReference: string | undefined
  readonly message: string
  /** What its Reason Code means for the user, if that is one of them. */
  readonly likelyCause?: LikelyCause | undefined
}> {}

/**
 * Received messages take more than `receiveBufferBytes`, nobody takes them, and an answer that somebody waits for is
 * stuck after them. The connection is closed: what has QoS 1 was not acknowledged, so the Server's Session still has
 * it.
 */
export class ReceiveBufferFull extends Data.TaggedError("ReceiveBufferFull")<{
  /** `receiveBufferBytes`. */
  readonly capacityBytes: number
  /** How many messages wait. */
  readonly messages: number
  readonly message: string
}> {}

export const receiveBufferFull = (server: string, capacityBytes: number, messages: number): ReceiveBufferFull =>
  new ReceiveBufferFull({
    capacityBytes,
    messages,
    message:
      `${server} has sent ${messages} messages that nobody takes, more than receiveBufferBytes (${capacityBytes}) allows, and the `
      + "Client waits for an answer that comes after them: raise receiveBufferBytes, or fork in the handler what waits for the Server"
  })

/**
 * Why there is no connection: the network, the Server's refusal, or a Server that broke the rules. After `disconnect`
 * it is a SocketError with reason `Closed`.
 */
export type LinkError =
  | SocketError
  | ConnectionRefused
  | ServerDisconnected
  | DecodeError
  | PacketTooLarge
  | ReceiveBufferFull
  | StoreError

/** It was the Server that closed the connection. */
export const isByServer = (error: LinkError): boolean =>
  error._tag === "ServerDisconnected" || (error._tag === "SocketError" && error.reason === "Closed")

/**
 * The Server closes the connection whenever it gets this message, and acknowledges nothing: the message is too large
 * for it, or forbidden. It is given up, so that others are delivered.
 */
export class PublishRejected extends Data.TaggedError("PublishRejected")<{
  readonly topic: string
  /** Of the payload. */
  readonly bytes: number
  /** How many connections have ended on it. */
  readonly connections: number
  readonly message: string
}> {}

export const publishRejected = ({ payload, topic }: ApplicationMessage, connections: number): PublishRejected =>
  new PublishRejected({
    topic,
    bytes: payload.length,
    connections,
    message:
      `the Server has closed ${connections} connections on a message of ${payload.length} bytes to ${topic}, the last of them when it was sent `
      + "alone: it is not sent again. Is it larger than the Server takes, or forbidden there?"
  })

/**
 * The Message Expiry Interval of a message was over before it could be sent (MQTT 5, 3.3.2.3.3): it is dropped. One that
 * was sent before, and had no answer, is sent again all the same.
 */
export class MessageExpired extends Data.TaggedError("MessageExpired")<{
  readonly topic: string
  /** `messageExpiryInterval`. */
  readonly seconds: number
  readonly message: string
}> {}

export const messageExpired = (topic: string, seconds: number): MessageExpired =>
  new MessageExpired({
    topic,
    seconds,
    message: `a message to ${topic} was not sent within its ${seconds} s (messageExpiryInterval), and is dropped`
  })

/**
 * Why `publish` failed. InvalidTopic and InvalidPacket: correct the call. OutboxFull: it was not sent. PublishRejected:
 * it was given up. PublishRefused: the Server does not take it. MessageExpired: it was not sent in time.
 */
export type PublishError =
  | InvalidTopic
  | InvalidPacket
  | OutboxFull
  | PublishRejected
  | PublishRefused
  | MessageExpired
  | LinkError

/** Why `unsubscribe` failed. InvalidTopic and InvalidPacket: correct the call. */
export type UnsubscribeError = InvalidTopic | InvalidPacket | LinkError

/** Why `subscribe`, `readTopic` or `listen` failed. InvalidTopic and InvalidPacket: correct the call. */
export type SubscribeError = UnsubscribeError | SubscriptionRefused

/** InvalidTopic and SubscriptionRefused are for the `subscriptions` given to `make`. */
export type ConnectError = SubscribeError
