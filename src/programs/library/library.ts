/**
 * The MQTT client for every program on Node: `connect`, then Promises and loops.
 */
import * as NodeSocket from "../../adapters/node/Socket.ts"
import { connectOver } from "./connecting.ts"
import type { MqttClient } from "./MqttClient.ts"
import type { ConnectOptions } from "./options.ts"

export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
export { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
export { OutboxFull } from "../../domain/delivery/Outbox.ts"
export type { QoS } from "../../domain/packet/ApplicationMessage.ts"
export { SocketError, type SocketErrorReason, type Tls } from "../../ports/Socket.ts"
export {
  type ConnectError,
  type LinkError,
  type PublishError,
  PublishRefused,
  PublishRejected,
  ReceiveBufferFull,
  ServerDisconnected,
  type SubscribeError,
  SubscriptionRefused,
  type UnsubscribeError
} from "../client/errors.ts"
export type { AuthenticationOptions, SubscribeOptions, WillOptions } from "../client/options.ts"
export type { PublishOptions, PublishProperties } from "../client/publish.ts"
export { InvalidServerUrl } from "../client/ServerUrl.ts"
export type { ClientEvent } from "./Events.ts"
export type { Message } from "./Message.ts"
export type { Abortable, EndOptions, MqttClient, ReadOptions, RequestOptions } from "./MqttClient.ts"
export { InvalidOption } from "./mistakes.ts"
export type { ConnectOptions, ReconnectOptions } from "./options.ts"
export { AlreadySubscribed, type HandlerOptions, type LoopOptions } from "./Subscribing.ts"
export type { MessageHandler, Messages, Subscription } from "./Subscription.ts"

/**
 * Connects to `mqtt://[user:password@]host[:port]`, or `mqtts://` for TLS. If the first connection fails, the Promise
 * rejects, and nothing is tried again, unless `waitForServer` is true: SocketError (`reason` says why), ConnectionRefused, InvalidServerUrl,
 * InvalidOption, InvalidPacket, or the reason of `signal`. Later connections are made again by themselves.
 */
export const connect: (url: string | URL, options?: ConnectOptions) => Promise<MqttClient> = connectOver(
  NodeSocket.layer
)
