/**
 * What `dormouse-mqtt/effect` exports on every platform.
 */
export { Mqtt, type MqttClient, type MqttConnectError, type MqttOptions, type Urls } from "./Mqtt.ts"
export type { StreamError, StreamOptions } from "./Streaming.ts"
export { AlreadySubscribed } from "./Subscribing.ts"
export type { Message } from "./Message.ts"
export { InvalidOption } from "./mistakes.ts"
export * as Socket from "../../ports/Socket.ts"
export * as Client from "../client/Client.ts"
export * as ServerUrl from "../client/ServerUrl.ts"
export { InvalidServerUrl } from "../client/ServerUrl.ts"
export * as Servers from "./servers.ts"
export * as Topic from "../../domain/packet/Topic.ts"
export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
export { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
export { OutboxFull } from "../../domain/delivery/Outbox.ts"
export { type Store, StoreError } from "../../ports/Store.ts"
