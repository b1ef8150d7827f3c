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

/** The answer to a PUBLISH with QoS 1 (MQTT 3.1.1, 3.4). */
export interface Puback {
  readonly _tag: "Puback"
  readonly packetIdentifier: number
}

/** The PUBACK for this Packet Identifier, unchecked: `encode` checks. */
export const make = (packetIdentifier: number): Puback => ({ _tag: "Puback", packetIdentifier })

/** Writes a PUBACK. A Packet Identifier that is not 1 to 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1). */
export const encode = (packet: Puback, writer: Writer): void =>
  Acknowledgement.encode(packet.packetIdentifier, writer, "PUBACK", FixedHeader.puback)

/**
 * Reads the body of a PUBACK. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), another length
 * than 2 (2.2.3).
 */
export const decode = (reader: Reader): Puback => make(Acknowledgement.decode(reader))
