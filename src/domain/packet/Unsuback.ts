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

/** The answer to an UNSUBSCRIBE (MQTT 3.1.1, 3.11). */
export interface Unsuback {
  readonly _tag: "Unsuback"
  readonly packetIdentifier: number
}

/** The UNSUBACK for this Packet Identifier, unchecked: `encode` checks. */
export const make = (packetIdentifier: number): Unsuback => ({ _tag: "Unsuback", packetIdentifier })

/** Writes a UNSUBACK. A Packet Identifier that is not 1 to 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1). */
export const encode = (packet: Unsuback, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "UNSUBACK", FixedHeader.unsuback)

/**
 * Reads the body of a UNSUBACK. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), another
 * length than 2 (2.2.3).
 */
export const decode = (reader: Reader): Unsuback => make(Acknowledgement.decode(reader))
