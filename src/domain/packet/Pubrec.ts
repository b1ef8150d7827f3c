/**
 * PUBREC, the first answer to a PUBLISH with QoS 2 (MQTT 3.1.1, section 3.5).
 *
 *     byte 1   | 0101 | 0000 |
 *     byte 2   | 2           |
 *     byte 3,4 | Packet Identifier |
 */
import * as Acknowledgement from "./Acknowledgement.ts"
import * as FixedHeader from "./FixedHeader.ts"
import type { Reader } from "./Reader.ts"
import type { Writer } from "./Writer.ts"

export interface Pubrec {
  readonly _tag: "Pubrec"
  readonly packetIdentifier: number
}

export const make = (packetIdentifier: number): Pubrec => ({ _tag: "Pubrec", packetIdentifier })

export const encode = (packet: Pubrec, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBREC", FixedHeader.pubrec)

export const decode = (reader: Reader): Pubrec => make(Acknowledgement.decode(reader))
