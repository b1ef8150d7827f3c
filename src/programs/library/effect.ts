/**
 * The Client for programs with Effect, and the Socket that it needs: `Client.make` in a Scope, with `NodeSocket.layer`.
 */
export * as NodeSocket from "../../adapters/node/Socket.ts"
export * as Socket from "../../ports/Socket.ts"
export * as Client from "../client/Client.ts"
export * as ServerUrl from "../client/ServerUrl.ts"
export * as Topic from "../../domain/packet/Topic.ts"
export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
export { ConnectionRefused } from "../../domain/packet/ConnectionRefused.ts"
export { OutboxFull } from "../../domain/delivery/Outbox.ts"
