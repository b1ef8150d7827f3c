/**
 * What `dormouse-mqtt/effect` exports on every platform.
 */
export * as Socket from "../../ports/Socket.ts"
export * as Client from "../client/Client.ts"
export * as ServerUrl from "../client/ServerUrl.ts"
export * as Servers from "./servers.ts"
export * as Topic from "../../domain/packet/Topic.ts"
export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
export { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
export { OutboxFull } from "../../domain/delivery/Outbox.ts"
