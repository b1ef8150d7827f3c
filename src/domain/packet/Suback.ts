/**
 * SUBACK, the answer to a SUBSCRIBE: a return code for each of its Topic Filters, in order (MQTT 3.1.1, section 3.9).
 *
 *     byte 1   | 1001 | 0000 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *     once or  | return code: granted QoS 0, 1 or 2, or 0x80 for a refusal |
 *     more     |
 */
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/** The return code of a refused subscription. */
export const failure = 0x80

/** The granted QoS, 0 to 2, or 0x80: refused (MQTT-3.9.3-2). */
export type ReturnCode = 0 | 1 | 2 | 0x80

/** The answer to a SUBSCRIBE (MQTT 3.1.1, 3.9). */
export interface Suback {
  readonly _tag: "Suback"
  readonly packetIdentifier: number
  /** As many as the SUBSCRIBE had Topic Filters (MQTT-3.8.4-5): that is for the receiver to check. */
  readonly returnCodes: ReadonlyArray<ReturnCode>
}

/** A SUBACK of these values, unchecked: `encode` checks. */
export const make = (packetIdentifier: number, returnCodes: ReadonlyArray<ReturnCode>): Suback => ({
  _tag: "Suback",
  packetIdentifier,
  returnCodes
})

const isReturnCode = (code: number): boolean => code === 0 || code === 1 || code === 2 || code === failure

/**
 * Writes a SUBACK. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.3.1-1), no
 * return code (MQTT-3.8.4-5), one that is not 0, 1, 2 or 128 (MQTT-3.9.3-2).
 */
export const encode = (packet: Suback, writer: Writer.Writer): void => {
  Writer.begin(writer, "SUBACK")
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  if (packet.returnCodes.length === 0) {
    Writer.invalid(writer, "returnCodes", "MQTT-3.8.4-5", "is empty; give at least one")
  }
  for (const code of packet.returnCodes) {
    if (!isReturnCode(code)) {
      Writer.invalid(writer, "returnCodes", "MQTT-3.9.3-2", `holds ${code}; it must be 0, 1, 2 or 128`)
    }
    Writer.u8(writer, code)
  }
  Writer.end(writer, FixedHeader.suback)
}

/**
 * Reads the body of a SUBACK. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.3.1-1), no return code
 * (MQTT-3.8.4-5), a reserved one (MQTT-3.9.3-2).
 */
export const decode = (reader: Reader.Reader): Suback => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  const returnCodes: Array<ReturnCode> = []
  if (!Reader.more(reader)) Reader.violation(reader, "MQTT-3.8.4-5", "has no return code")
  while (Reader.more(reader)) {
    const code = Reader.u8(reader)
    if (!isReturnCode(code)) Reader.violation(reader, "MQTT-3.9.3-2", `has the reserved return code ${code}`)
    returnCodes.push(code as ReturnCode)
  }
  return make(packetIdentifier, returnCodes)
}
