/**
 * The shape that PUBACK, PUBREC, PUBREL, PUBCOMP and UNSUBACK share: nothing but a Packet Identifier.
 *
 *     byte 1   | type | flags |
 *     byte 2   | 2            |
 *     byte 3,4 | Packet Identifier |
 */
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/**
 * Writes one. `name` is the packet's, for errors, and `first` its first byte. A Packet Identifier that is not 1 to
 * 65,535 is kept as the fault of `writer` (MQTT-2.3.1-1).
 */
export const encode = (packetIdentifier: number, writer: Writer.Writer, name: string, first: number): void => {
  Writer.begin(writer, name)
  Writer.packetIdentifier(writer, packetIdentifier)
  Writer.end(writer, first)
}

/** Reads the Packet Identifier, 1 to 65,535, and refuses anything after it. The first fault is kept in `reader`. */
export const decode = (reader: Reader.Reader): number => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  Reader.end(reader)
  return packetIdentifier
}
