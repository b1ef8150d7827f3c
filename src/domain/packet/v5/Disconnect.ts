/**
 * DISCONNECT, the last packet of a Client or of a Server (MQTT 5, section 3.14).
 *
 *     byte 1   | 1110 | 0000 |
 *     byte 2.. | Remaining Length |
 *     then     | Reason Code; left out if it is 0 and there are no properties |
 *              | properties; left out if there are none |
 */
import type * as Disconnect from "../Disconnect.ts"
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"
import * as ReasonCode from "./ReasonCode.ts"

/** The last packet (MQTT 5, 3.14). A Server may send one, too, and says why. */
export interface Disconnect5 extends Disconnect.Disconnect {
  /** 0, a normal disconnection, if it is left out. */
  readonly reasonCode?: ReasonCode.ReasonCode<"DISCONNECT"> | undefined
  readonly properties?: PropertyTable.Properties<"DISCONNECT"> | undefined
}

/**
 * Writes a DISCONNECT. Kept as the fault of `writer`: a Reason Code that is not for DISCONNECT (MQTT-3.14.2-1), a
 * property that is not valid.
 */
export const encode = ({ properties, reasonCode = 0 }: Disconnect5, writer: Writer.Writer): void => {
  const isBare = Properties.isEmpty(properties)
  Writer.begin(writer, "DISCONNECT")
  if (!isBare || reasonCode !== 0) ReasonCode.write(writer, "DISCONNECT", reasonCode, "reasonCode")
  if (!isBare) Properties.write(writer, "DISCONNECT", properties)
  Writer.end(writer, FixedHeader.disconnect)
}

/**
 * Reads the body of a DISCONNECT. The first fault is kept in `reader`: a Reason Code that is not for DISCONNECT
 * (MQTT-3.14.2-1), a property that is not valid. That a Server must not send a Session Expiry Interval
 * (MQTT-3.14.2-2) is for the receiver to check.
 */
export const decode = (reader: Reader.Reader): Disconnect5 => {
  const reasonCode = Reader.more(reader) ? ReasonCode.read(reader, "DISCONNECT") : 0
  const properties = Reader.more(reader) ? Properties.read(reader, "DISCONNECT") : Properties.none
  Reader.end(reader)
  return { _tag: "Disconnect", reasonCode, properties }
}
