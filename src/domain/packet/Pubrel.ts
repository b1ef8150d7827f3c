/**
 * PUBREL, the answer to a PUBREC; its flags are 2, by MQTT-3.6.1-1 (MQTT 3.1.1, section 3.6).
 *
 *     byte 1   | 0110 | 0010 |
 *     byte 2   | 2           |
 *     byte 3,4 | Packet Identifier |
 */
import * as Acknowledgement from "./Acknowledgement.ts"
import * as FixedHeader from "./FixedHeader.ts"
import type { Reader } from "./Reader.ts"
import type { Writer } from "./Writer.ts"

export interface Pubrel {
  readonly _tag: "Pubrel"
  readonly packetIdentifier: number
}

export const make = (packetIdentifier: number): Pubrel => ({ _tag: "Pubrel", packetIdentifier })

export const encode = (packet: Pubrel, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBREL", FixedHeader.pubrel)

export const decode = (reader: Reader): Pubrel => make(Acknowledgement.decode(reader))
