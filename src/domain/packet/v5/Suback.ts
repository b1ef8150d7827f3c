/**
 * SUBACK and UNSUBACK, which have one shape: a Reason Code for each Topic Filter of the request, in order (MQTT 5,
 * sections 3.9 and 3.11).
 *
 *     byte 1   | 1001 or 1011 | 0000 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *              | properties        |
 *     once or  | Reason Code       |
 *     more     |
 */
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"
import * as ReasonCode from "./ReasonCode.ts"

interface Answer<O extends "SUBACK" | "UNSUBACK"> {
  readonly packetIdentifier: number
  /** As many as the request had Topic Filters (MQTT-3.8.4-6): that is for the receiver to check. */
  readonly reasonCodes: ReadonlyArray<ReasonCode.ReasonCode<O>>
  readonly properties?: PropertyTable.Properties<O> | undefined
}

/** The answer to a SUBSCRIBE (MQTT 5, 3.9): the granted QoS, 0 to 2, or from 0x80 on why it is refused. */
export interface Suback5 extends Answer<"SUBACK"> {
  readonly _tag: "Suback"
}

/** The answer to an UNSUBSCRIBE (MQTT 5, 3.11). */
export interface Unsuback5 extends Answer<"UNSUBACK"> {
  readonly _tag: "Unsuback"
}

const headers = {
  Suback: ["SUBACK", FixedHeader.suback, "MQTT-3.8.4-6"],
  Unsuback: ["UNSUBACK", FixedHeader.unsuback, "MQTT-3.11.3-1"]
} as const

/**
 * Writes one. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.2.1-6), no Reason Code
 * (MQTT-3.8.4-6, MQTT-3.11.3-1), one that is not for this packet (MQTT-3.9.3-2, MQTT-3.11.3-2), a property that is not
 * valid.
 */
export const encode = (packet: Suback5 | Unsuback5, writer: Writer.Writer): void => {
  const [owner, first, clause] = headers[packet._tag]
  Writer.begin(writer, owner)
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  Properties.write(writer, owner, packet.properties)
  if (packet.reasonCodes.length === 0) Fault.invalid(writer, "reasonCodes", clause, "is empty; give at least one")
  for (const code of packet.reasonCodes) ReasonCode.write(writer, owner, code, "reasonCodes")
  Writer.end(writer, first)
}

/** Reads the body of one. The first fault is kept in `reader`: what `encode` refuses. */
export const decode = <T extends "Suback" | "Unsuback">(
  tag: T,
  reader: Reader.Reader
): Extract<Suback5 | Unsuback5, { readonly _tag: T }> => {
  const [owner, , clause] = headers[tag]
  const packetIdentifier = Reader.packetIdentifier(reader)
  const properties = Properties.read(reader, owner)
  const reasonCodes: Array<number> = []
  if (!Reader.more(reader)) Fault.violation(reader, clause, "has no Reason Code")
  while (Reader.more(reader)) reasonCodes.push(ReasonCode.read(reader, owner))
  return { _tag: tag, packetIdentifier, reasonCodes, properties } as unknown as Extract<
    Suback5 | Unsuback5,
    { readonly _tag: T }
  >
}
