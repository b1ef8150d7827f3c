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

/** The first answer to a PUBLISH with QoS 2 (MQTT 3.1.1, 3.5). */
export interface Pubrec {
  readonly _tag: "Pubrec"
  readonly packetIdentifier: number
}

/** The PUBREC for this Packet Identifier, unchecked: `encode` checks. */
export const make = (packetIdentifier: number): Pubrec => ({ _tag: "Pubrec", packetIdentifier })

/** Writes a PUBREC. A Packet Identifier that is not 1 to 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1). */
export const encode = (packet: Pubrec, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBREC", FixedHeader.pubrec)

/**
 * Reads the body of a PUBREC. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), another length
 * than 2 (2.2.3).
 */
export const decode = (reader: Reader): Pubrec => make(Acknowledgement.decode(reader))
