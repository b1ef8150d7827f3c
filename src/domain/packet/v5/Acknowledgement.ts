/**
 * PUBACK, PUBREC, PUBREL and PUBCOMP, which have one shape (MQTT 5, sections 3.4 to 3.7).
 *
 *     byte 1   | type | flags |
 *     byte 2.. | Remaining Length |
 *     then     | Packet Identifier |
 *              | Reason Code; left out if it is 0 and there are no properties |
 *              | properties; left out if there are none |
 */
import * as FixedHeader from "../FixedHeader.ts"
import type * as Puback from "../Puback.ts"
import type * as Pubcomp from "../Pubcomp.ts"
import type * as Pubrec from "../Pubrec.ts"
import type * as Pubrel from "../Pubrel.ts"
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"
import * as ReasonCode from "./ReasonCode.ts"

type Owner = "PUBACK" | "PUBREC" | "PUBREL" | "PUBCOMP"

interface Answer<O extends Owner> {
  /** 0, success, if it is left out. From 0x80 on a failure. */
  readonly reasonCode?: ReasonCode.ReasonCode<O> | undefined
  readonly properties?: PropertyTable.Properties<O> | undefined
}

/** The answer to a PUBLISH with QoS 1 (MQTT 5, 3.4). */
export interface Puback5 extends Puback.Puback, Answer<"PUBACK"> {}

/** The first answer to a PUBLISH with QoS 2 (MQTT 5, 3.5). */
export interface Pubrec5 extends Pubrec.Pubrec, Answer<"PUBREC"> {}

/** The answer to a PUBREC (MQTT 5, 3.6). */
export interface Pubrel5 extends Pubrel.Pubrel, Answer<"PUBREL"> {}

/** The answer to a PUBREL, the last packet of QoS 2 (MQTT 5, 3.7). */
export interface Pubcomp5 extends Pubcomp.Pubcomp, Answer<"PUBCOMP"> {}

/** Any of the four. */
export type Acknowledgement = Puback5 | Pubrec5 | Pubrel5 | Pubcomp5

const headers = {
  Puback: ["PUBACK", FixedHeader.puback],
  Pubrec: ["PUBREC", FixedHeader.pubrec],
  Pubrel: ["PUBREL", FixedHeader.pubrel],
  Pubcomp: ["PUBCOMP", FixedHeader.pubcomp]
} as const

/**
 * Writes one. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.2.1-5), a Reason Code
 * that this packet may not have (MQTT-3.4.2-1 and its like), a property that is not valid.
 */
export const encode = (packet: Acknowledgement, writer: Writer.Writer): void => {
  const [owner, first] = headers[packet._tag]
  const { properties, reasonCode = 0 } = packet
  const isBare = Properties.isEmpty(properties)
  Writer.begin(writer, owner)
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  if (!isBare || reasonCode !== 0) ReasonCode.write(writer, owner, reasonCode, "reasonCode")
  if (!isBare) Properties.write(writer, owner, properties)
  Writer.end(writer, first)
}

/**
 * Reads the body of one. The first fault is kept in `reader`: Packet Identifier 0 (MQTT-2.2.1-5), a Reason Code that
 * this packet may not have (MQTT-3.4.2-1 and its like), a property that is not valid.
 */
export const decode = <T extends Acknowledgement["_tag"]>(
  tag: T,
  reader: Reader.Reader
): Extract<Acknowledgement, { readonly _tag: T }> => {
  const [owner] = headers[tag]
  const packetIdentifier = Reader.packetIdentifier(reader)
  const reasonCode = Reader.more(reader) ? ReasonCode.read(reader, owner) : 0
  const properties = Reader.more(reader) ? Properties.read(reader, owner) : Properties.none
  Reader.end(reader)
  return { _tag: tag, packetIdentifier, reasonCode, properties } as Extract<Acknowledgement, { readonly _tag: T }>
}
