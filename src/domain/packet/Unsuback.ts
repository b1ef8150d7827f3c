/**
 * UNSUBACK, the answer to an UNSUBSCRIBE (MQTT 3.1.1, section 3.11).
 *
 *     byte 1   | 1011 | 0000 |
 *     byte 2   | 2           |
 *     byte 3,4 | Packet Identifier |
 */
import * as Acknowledgement from "./Acknowledgement.ts"
import * as FixedHeader from "./FixedHeader.ts"
import type { Reader } from "./Reader.ts"
import type { Writer } from "./Writer.ts"

export interface Unsuback {
  readonly _tag: "Unsuback"
  readonly packetIdentifier: number
}

export const make = (packetIdentifier: number): Unsuback => ({ _tag: "Unsuback", packetIdentifier })

export const encode = (packet: Unsuback, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "UNSUBACK", FixedHeader.unsuback)

export const decode = (reader: Reader): Unsuback => make(Acknowledgement.decode(reader))
