/**
 * How the Client's operations can fail.
 */
import * as Data from "effect/Data"
import type { ConnectionRefused } from "../../domain/ConnectionRefused.ts"
import type { OutboxFull } from "../../domain/Outbox.ts"
import type { DecodeError, InvalidPacket, PacketTooLarge } from "../../domain/packet/PacketError.ts"
import type { InvalidTopic } from "../../domain/Topic.ts"
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
 * Why there is no connection: the world, the Server's No, or a Server that broke the rules. After `disconnect` it is a
 * SocketError with reason `Closed`.
 */
export type LinkError = SocketError | ConnectionRefused | DecodeError | PacketTooLarge

export type ConnectError = LinkError | InvalidPacket

export type PublishError = InvalidTopic | InvalidPacket | OutboxFull | LinkError

export type UnsubscribeError = InvalidTopic | InvalidPacket | LinkError

export type SubscribeError = UnsubscribeError | SubscriptionRefused
