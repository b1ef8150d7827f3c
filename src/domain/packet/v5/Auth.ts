/**
 * AUTH, a step of an authentication that takes more than CONNECT and CONNACK (MQTT 5, sections 3.15 and 4.12).
 *
 *     byte 1   | 1111 | 0000 |
 *     byte 2.. | Remaining Length |
 *     then     | Reason Code |  \  both left out if the code is 0
 *              | properties  |  /  and there are no properties
 */
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"
import * as ReasonCode from "./ReasonCode.ts"

/** First byte of AUTH (2.1.2, 2.1.3). */
export const header = 0xf0

/** A step of an authentication (MQTT 5, 3.15). */
export interface Auth {
  readonly _tag: "Auth"
  readonly reasonCode: ReasonCode.ReasonCode<"AUTH">
  /** Has an `authenticationMethod`, unless there are no properties at all and the Reason Code is 0. */
  readonly properties?: PropertyTable.Properties<"AUTH"> | undefined
}

const methodClause = "3.15.2.2.2"

/**
 * Writes an AUTH. Kept as the fault of `writer`: a Reason Code that is not for AUTH (MQTT-3.15.2-1), no Authentication
 * Method (3.15.2.2.2), a property that is not valid.
 */
export const encode = ({ properties, reasonCode }: Auth, writer: Writer.Writer): void => {
  Writer.begin(writer, "AUTH")
  if (reasonCode !== 0 || !Properties.isEmpty(properties)) {
    if (properties?.authenticationMethod === undefined) {
      Fault.invalid(writer, "properties.authenticationMethod", methodClause, "is missing")
    }
    ReasonCode.write(writer, "AUTH", reasonCode, "reasonCode")
    Properties.write(writer, "AUTH", properties)
  }
  Writer.end(writer, header)
}

/** Reads the body of an AUTH. The first fault is kept in `reader`: what `encode` refuses. */
export const decode = (reader: Reader.Reader): Auth => {
  if (!Reader.more(reader)) return { _tag: "Auth", reasonCode: 0, properties: Properties.none }
  const reasonCode = ReasonCode.read(reader, "AUTH")
  const properties = Properties.read(reader, "AUTH")
  if (properties.authenticationMethod === undefined && (reasonCode !== 0 || properties !== Properties.none)) {
    Fault.violation(reader, methodClause, "has no Authentication Method")
  }
  Reader.end(reader)
  return { _tag: "Auth", reasonCode, properties }
}
