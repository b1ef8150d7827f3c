/**
 * What `dormouse-mqtt` exports on every platform: errors and types.
 */
import type { ConnectError, PublishError } from "../client/errors.ts"
import type { InvalidServerUrl } from "../client/ServerUrl.ts"
import type { InvalidOption } from "./mistakes.ts"
import type { AlreadySubscribed } from "./Subscribing.ts"

export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
export { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
export { OutboxFull } from "../../domain/delivery/Outbox.ts"
export type { QoS } from "../../domain/packet/ApplicationMessage.ts"
export { type Store, StoreError } from "../../ports/Store.ts"
export { type LikelyCause, SocketError, type SocketErrorReason, type Tls } from "../../ports/Socket.ts"
export {
  type ConnectError,
  type LinkError,
  MessageExpired,
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
export type {
  Abortable,
  EndOptions,
  HandlerOptions,
  LoopOptions,
  ReadOptions,
  ReauthenticateOptions,
  RequestOptions
} from "./callOptions.ts"
export type { MqttClient } from "./MqttClient.ts"
export { InvalidOption } from "./mistakes.ts"
export type { ConnectOptions, ReconnectOptions, WebSocketConnectOptions } from "./options.ts"
export { AlreadySubscribed } from "./Subscribing.ts"
export type { MessageHandler, Messages, Subscription } from "./Subscription.ts"
export type { Connect } from "./connecting.ts"
export type { ServersOptions } from "./servers.ts"

/** Every error of this library; a Promise may also reject with the reason of your signal. `_tag` tells them apart. */
export type MqttError = ConnectError | PublishError | InvalidServerUrl | InvalidOption | AlreadySubscribed
