/**
 * PINGRESP, the answer to a PINGREQ (MQTT 3.1.1, section 3.13).
 *
 *     byte 1 | 1101 | 0000 |
 *     byte 2 | 0           |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/** The answer to a PINGREQ (MQTT 3.1.1, 3.13). */
export interface Pingresp {
  readonly _tag: "Pingresp"
}

/** There is only one: it has no fields. */
export const value: Pingresp = { _tag: "Pingresp" }

/** Writes a PINGRESP. It has no fields, so it always can be sent. */
export const encode = (_packet: Pingresp, writer: Writer.Writer): void => {
  Writer.begin(writer, "PINGRESP")
  Writer.end(writer, FixedHeader.pingresp)
}

/** Reads the body of a PINGRESP, which is empty; bytes there are kept as the fault of `reader` (2.2.3). */
export const decode = (reader: Reader.Reader): Pingresp => {
  Reader.end(reader)
  return value
}
