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

/** The answer to a PUBREL (MQTT 3.1.1, 3.7). */
export interface Pubcomp {
  readonly _tag: "Pubcomp"
  readonly packetIdentifier: number
}

/** The PUBCOMP for this Packet Identifier, unchecked: `encode` checks. */
export const make = (packetIdentifier: number): Pubcomp => ({ _tag: "Pubcomp", packetIdentifier })

/** Writes a PUBCOMP. A Packet Identifier that is not 1 to 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1). */
export const encode = (packet: Pubcomp, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBCOMP", FixedHeader.pubcomp)

/**
 * Reads the body of a PUBCOMP. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), another length
 * than 2 (2.2.3).
 */
export const decode = (reader: Reader): Pubcomp => make(Acknowledgement.decode(reader))
