/**
 * PINGREQ, asks the Server for a PINGRESP, to keep the connection alive (MQTT 3.1.1, section 3.12).
 *
 *     byte 1 | 1100 | 0000 |
 *     byte 2 | 0           |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/** Asks the Server for a PINGRESP (MQTT 3.1.1, 3.12). */
export interface Pingreq {
  readonly _tag: "Pingreq"
}

/** There is only one: it has no fields. */
export const value: Pingreq = { _tag: "Pingreq" }

/** Writes a PINGREQ. It has no fields, so it always can be sent. */
export const encode = (_packet: Pingreq, writer: Writer.Writer): void => {
  Writer.begin(writer, "PINGREQ")
  Writer.end(writer, FixedHeader.pingreq)
}

/** Reads the body of a PINGREQ, which is empty; bytes there are kept as the fault of `reader` (2.2.3). */
export const decode = (reader: Reader.Reader): Pingreq => {
  Reader.end(reader)
  return value
}
