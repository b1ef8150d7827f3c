/**
 * PUBACK, the answer to a PUBLISH with QoS 1 (MQTT 3.1.1, section 3.4).
 *
 *     byte 1   | 0100 | 0000 |
 *     byte 2   | 2           |
 *     byte 3,4 | Packet Identifier |
 */
import * as Acknowledgement from "./Acknowledgement.ts"
import * as FixedHeader from "./FixedHeader.ts"
import type { Reader } from "./Reader.ts"
import type { Writer } from "./Writer.ts"

export interface Puback {
  readonly _tag: "Puback"
  readonly packetIdentifier: number
}

export const make = (packetIdentifier: number): Puback => ({ _tag: "Puback", packetIdentifier })

export const encode = (packet: Puback, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBACK", FixedHeader.puback)

export const decode = (reader: Reader): Puback => make(Acknowledgement.decode(reader))
