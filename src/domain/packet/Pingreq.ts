/**
 * PINGREQ, asks the Server for a PINGRESP, to keep the connection alive (MQTT 3.1.1, section 3.12).
 *
 *     byte 1 | 1100 | 0000 |
 *     byte 2 | 0           |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

export interface Pingreq {
  readonly _tag: "Pingreq"
}

/** There is only one: it has no fields. */
export const value: Pingreq = { _tag: "Pingreq" }

export const encode = (_packet: Pingreq, writer: Writer.Writer): void => {
  Writer.begin(writer, "PINGREQ")
  Writer.end(writer, FixedHeader.pingreq)
}

export const decode = (reader: Reader.Reader): Pingreq => {
  Reader.end(reader)
  return value
}
