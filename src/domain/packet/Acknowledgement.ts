/**
 * The shape that PUBACK, PUBREC, PUBREL, PUBCOMP and UNSUBACK share: nothing but a Packet Identifier.
 *
 *     byte 1   | type | flags |
 *     byte 2   | 2            |
 *     byte 3,4 | Packet Identifier |
 */
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

export const encode = (packetIdentifier: number, writer: Writer.Writer, name: string, first: number): void => {
  Writer.begin(writer, name)
  Writer.packetIdentifier(writer, packetIdentifier)
  Writer.end(writer, first)
}

export const decode = (reader: Reader.Reader): number => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  Reader.end(reader)
  return packetIdentifier
}
