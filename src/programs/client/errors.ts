/**
 * How the Client's operations can fail, and why its connections end.
 */
import * as Data from "effect/Data"
import type { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
import type { OutboxFull } from "../../domain/delivery/Outbox.ts"
import type { DecodeError, InvalidPacket, PacketTooLarge } from "../../domain/packet/PacketError.ts"
import type { InvalidTopic } from "../../domain/packet/Topic.ts"
import type { SocketError } from "../../ports/Socket.ts"

/** The Server answered a SUBSCRIBE with the return code 0x80 (MQTT 3.1.1, 3.9.3). */
export class SubscriptionRefused extends Data.TaggedError("SubscriptionRefused")<{
  readonly topicFilter: string
  readonly message: string
}> {}

export const subscriptionRefused = (topicFilter: string): SubscriptionRefused =>
  new SubscriptionRefused({
    topicFilter,
    message: `the Server refused the subscription to ${topicFilter}: ask its administrator for the right to read there`
  })

/**
 * Received messages take more than `receiveBufferBytes`, nobody takes them, and an answer that somebody waits for is
 * stuck behind them. The connection is given up: what has QoS 1 was not acknowledged, so the Server's Session still has
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
 * Why there is no connection: the world, the Server's No, or a Server that broke the rules. After `disconnect` it is a
 * SocketError with reason `Closed`.
 */
export type LinkError = SocketError | ConnectionRefused | DecodeError | PacketTooLarge | ReceiveBufferFull

/**
 * The Server closes the connection whenever it is sent this message, and acknowledges nothing: it is too large for it,
 * or forbidden. It is given up, so that others get through.
 */
export class PublishRejected extends Data.TaggedError("PublishRejected")<{
  readonly topic: string
  /** Of the payload. */
  readonly bytes: number
  /** How many connections it has cost. */
  readonly connections: number
  readonly message: string
}> {}

export const publishRejected = (topic: string, bytes: number, connections: number): PublishRejected =>
  new PublishRejected({
    topic,
    bytes,
    connections,
    message:
      `the Server has closed ${connections} connections on a message of ${bytes} bytes to ${topic}, the last of them when it was sent `
      + "alone: it is not sent again. Is it larger than the Server takes, or forbidden there?"
  })

/**
 * Why `publish` failed. InvalidTopic and InvalidPacket: mend the call. OutboxFull: it was not sent. PublishRejected: it
 * was given up.
 */
export type PublishError = InvalidTopic | InvalidPacket | OutboxFull | PublishRejected | LinkError

/** Why `unsubscribe` failed. InvalidTopic and InvalidPacket: mend the call. */
export type UnsubscribeError = InvalidTopic | InvalidPacket | LinkError

/** Why `subscribe`, `readTopic` or `listen` failed. InvalidTopic and InvalidPacket: mend the call. */
export type SubscribeError = UnsubscribeError | SubscriptionRefused

/** InvalidTopic and SubscriptionRefused for the `subscriptions` that `make` is given. */
export type ConnectError = SubscribeError
