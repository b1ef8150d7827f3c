/**
 * PUBCOMP, the answer to a PUBREL, which ends QoS 2 (MQTT 3.1.1, section 3.7).
 *
 *     byte 1   | 0111 | 0000 |
 *     byte 2   | 2           |
 *     byte 3,4 | Packet Identifier |
 */
import * as Acknowledgement from "./Acknowledgement.ts"
import * as FixedHeader from "./FixedHeader.ts"
import type { Reader } from "./Reader.ts"
import type { Writer } from "./Writer.ts"

export interface Pubcomp {
  readonly _tag: "Pubcomp"
  readonly packetIdentifier: number
}

export const make = (packetIdentifier: number): Pubcomp => ({ _tag: "Pubcomp", packetIdentifier })

export const encode = (packet: Pubcomp, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBCOMP", FixedHeader.pubcomp)

export const decode = (reader: Reader): Pubcomp => make(Acknowledgement.decode(reader))
