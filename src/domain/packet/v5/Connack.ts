/**
 * CONNACK, the answer to a CONNECT (MQTT 5, section 3.2).
 *
 *     byte 1   | 0010 | 0000 |
 *     byte 2.. | Remaining Length |
 *     then     | 0000000 | Session Present |
 *              | Connect Reason Code       |
 *              | properties                |
 */
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"
import * as ReasonCode from "./ReasonCode.ts"

/** The answer to a CONNECT (MQTT 5, 3.2). */
export interface Connack5 {
  readonly _tag: "Connack"
  /** The Server still has our Session. */
  readonly sessionPresent: boolean
  /** 0 accepts, all others refuse. */
  readonly reasonCode: ReasonCode.ReasonCode<"CONNACK">
  /** What the Server can do, and what it has decided in place of the Client. */
  readonly properties?: PropertyTable.Properties<"CONNACK"> | undefined
}

/**
 * Writes a CONNACK. Kept as the fault of `writer`: a Reason Code that is not for CONNACK (MQTT-3.2.2-8), Session Present
 * with a refusal (MQTT-3.2.2-6), a property that is not valid.
 */
export const encode = (packet: Connack5, writer: Writer.Writer): void => {
  const { reasonCode, sessionPresent } = packet
  Writer.begin(writer, "CONNACK")
  if (sessionPresent && reasonCode !== 0) {
    Fault.invalid(writer, "sessionPresent", "MQTT-3.2.2-6", "is set with a refusal")
  }
  Writer.u8(writer, sessionPresent ? 1 : 0)
  ReasonCode.write(writer, "CONNACK", reasonCode, "reasonCode")
  Properties.write(writer, "CONNACK", packet.properties)
  Writer.end(writer, FixedHeader.connack)
}

/**
 * Reads the body of a CONNACK. The first fault is kept in `reader`: flags that are not defined (MQTT-3.2.2-1), a Reason
 * Code that is not for CONNACK (MQTT-3.2.2-8), Session Present with a refusal (MQTT-3.2.2-6), a property that is not
 * valid.
 */
export const decode = (reader: Reader.Reader): Connack5 => {
  const flags = Reader.u8(reader)
  if (flags > 1) Fault.malformed(reader, "MQTT-3.2.2-1", `has the acknowledge flags ${flags}; only bit 0 is defined`)
  const reasonCode = ReasonCode.read(reader, "CONNACK")
  if (flags === 1 && reasonCode !== 0) Fault.violation(reader, "MQTT-3.2.2-6", "refuses with Session Present set")
  const properties = Properties.read(reader, "CONNACK")
  Reader.end(reader)
  return { _tag: "Connack", sessionPresent: flags === 1, reasonCode, properties }
}
