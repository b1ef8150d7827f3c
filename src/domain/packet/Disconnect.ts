/**
 * DISCONNECT, the last packet of a Client that leaves in good order: its Will is dropped (MQTT 3.1.1, section 3.14).
 *
 *     byte 1 | 1110 | 0000 |
 *     byte 2 | 0           |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

export interface Disconnect {
  readonly _tag: "Disconnect"
}

/** There is only one: it has no fields. */
export const value: Disconnect = { _tag: "Disconnect" }

export const encode = (_packet: Disconnect, writer: Writer.Writer): void => {
  Writer.begin(writer, "DISCONNECT")
  Writer.end(writer, FixedHeader.disconnect)
}

export const decode = (reader: Reader.Reader): Disconnect => {
  Reader.end(reader)
  return value
}
