/**
 * The codec: the fourteen Control Packets of MQTT 3.1.1 and the fifteen of MQTT 5 as values, to bytes and back, and the
 * cutting of a byte stream into packets. Plain functions that return a Result of Effect; no runtime, no platform.
 */
export * as Framer from "../../domain/packet/Framer.ts"
export * as Packet from "../../domain/packet/Packet.ts"
export * as Framer5 from "../../domain/packet/v5/Framer.ts"
export * as Packet5 from "../../domain/packet/v5/Packet.ts"
export * as ReasonCode from "../../domain/packet/v5/ReasonCode.ts"
export * as Topic from "../../domain/packet/Topic.ts"
export { InvalidTopic } from "../../domain/packet/Topic.ts"
export { InvalidPacket, MalformedPacket, PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
