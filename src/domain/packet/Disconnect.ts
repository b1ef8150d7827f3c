/**
 * DISCONNECT, the last packet of a Client that leaves in good order: its Will is dropped (MQTT 3.1.1, section 3.14).
 *
 *     byte 1 | 1110 | 0000 |
 *     byte 2 | 0           |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/** The last packet of a Client that leaves on purpose (MQTT 3.1.1, 3.14). */
export interface Disconnect {
  readonly _tag: "Disconnect"
}

/** There is only one: it has no fields. */
export const value: Disconnect = { _tag: "Disconnect" }

/** Writes a DISCONNECT. It has no fields, so it always can be sent. */
export const encode = (_packet: Disconnect, writer: Writer.Writer): void => {
  Writer.begin(writer, "DISCONNECT")
  Writer.end(writer, FixedHeader.disconnect)
}

/** Reads the body of a DISCONNECT, which is empty; bytes there are kept as the fault of `reader` (2.2.3). */
export const decode = (reader: Reader.Reader): Disconnect => {
  Reader.end(reader)
  return value
}
