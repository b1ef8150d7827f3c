/**
 * CONNACK, the answer to a CONNECT (MQTT 3.1.1, section 3.2).
 *
 *     byte 1 | 0010 | 0000 |
 *     byte 2 | 2           |
 *     byte 3 | 0000000 | Session Present |
 *     byte 4 | Connect Return code       |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/**
 * 0 accepted; refused because of 1 the protocol version, 2 the client identifier, 3 the Server is unavailable,
 * 4 a bad user name or password, 5 not authorized (Table 3.1).
 */
export type ReturnCode = 0 | 1 | 2 | 3 | 4 | 5

/** The answer to a CONNECT (MQTT 3.1.1, 3.2). */
export interface Connack {
  readonly _tag: "Connack"
  /** The Server still has our Session. */
  readonly sessionPresent: boolean
  readonly returnCode: ReturnCode
}

/** A CONNACK of these values, unchecked: `encode` checks. */
export const make = (sessionPresent: boolean, returnCode: ReturnCode): Connack => ({
  _tag: "Connack",
  sessionPresent,
  returnCode
})

const isReturnCode = (code: number): boolean => (code & 7) === code && code <= 5

/**
 * Writes a CONNACK. Kept as the fault of `writer`: a return code that is not 0 to 5 (3.2.2.3), Session Present with a
 * refusal (MQTT-3.2.2-4).
 */
export const encode = (packet: Connack, writer: Writer.Writer): void => {
  const { returnCode, sessionPresent } = packet
  Writer.begin(writer, "CONNACK")
  if (!isReturnCode(returnCode)) Writer.invalid(writer, "returnCode", "3.2.2.3", `is ${returnCode}; it must be 0 to 5`)
  if (sessionPresent && returnCode !== 0) {
    Writer.invalid(writer, "sessionPresent", "MQTT-3.2.2-4", "is set with a refusal")
  }
  Writer.u8(writer, sessionPresent ? 1 : 0)
  Writer.u8(writer, returnCode)
  Writer.end(writer, FixedHeader.connack)
}

/**
 * Reads the body of a CONNACK. The first fault is kept in `reader`: flags that are not defined (3.2.2.1), a reserved
 * return code (3.2.2.3), Session Present with a refusal (MQTT-3.2.2-4).
 */
export const decode = (reader: Reader.Reader): Connack => {
  const flags = Reader.u8(reader)
  const returnCode = Reader.u8(reader)
  Reader.end(reader)
  if (flags > 1) Reader.malformed(reader, "3.2.2.1", `has the acknowledge flags ${flags}; only bit 0 is defined`)
  if (!isReturnCode(returnCode)) {
    Reader.violation(reader, "3.2.2.3", `has the reserved Connect Return code ${returnCode}`)
  }
  if (flags === 1 && returnCode !== 0) Reader.violation(reader, "MQTT-3.2.2-4", "refuses with Session Present set")
  return make(flags === 1, returnCode as ReturnCode)
}
