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

/** The answer to a PUBREC (MQTT 3.1.1, 3.6). */
export interface Pubrel {
  readonly _tag: "Pubrel"
  readonly packetIdentifier: number
}

/** The PUBREL for this Packet Identifier, unchecked: `encode` checks. */
export const make = (packetIdentifier: number): Pubrel => ({ _tag: "Pubrel", packetIdentifier })

/** Writes a PUBREL. A Packet Identifier that is not 1 to 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1). */
export const encode = (packet: Pubrel, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBREL", FixedHeader.pubrel)

/**
 * Reads the body of a PUBREL. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), another length
 * than 2 (2.2.3).
 */
export const decode = (reader: Reader): Pubrel => make(Acknowledgement.decode(reader))
