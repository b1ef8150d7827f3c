/**
 * UNSUBSCRIBE, ends one or more subscriptions (MQTT 5, section 3.10).
 *
 *     byte 1   | 1010 | 0010 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *              | properties        |
 *     once or  | Topic Filter (UTF-8) |
 *     more     |
 */
import type { TopicFilter } from "../Topic.ts"
import * as FixedHeader from "../FixedHeader.ts"
import * as Reader from "../Reader.ts"
import type * as Unsubscribe from "../Unsubscribe.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Fields from "./Fields.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"

/** Ends subscriptions (MQTT 5, 3.10): that of MQTT 3.1.1 with properties. */
export interface Unsubscribe5 extends Unsubscribe.Unsubscribe {
  readonly properties?: PropertyTable.Properties<"UNSUBSCRIBE"> | undefined
}

/**
 * Writes an UNSUBSCRIBE. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.2.1-3), no
 * Topic Filter (MQTT-3.10.3-2), one that is not valid (4.7, 4.8.2), a property that is not valid.
 */
export const encode = (packet: Unsubscribe5, writer: Writer.Writer): void => {
  Writer.begin(writer, "UNSUBSCRIBE")
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  Properties.write(writer, "UNSUBSCRIBE", packet.properties)
  if (packet.topicFilters.length === 0) {
    Fault.invalid(writer, "topicFilters", "MQTT-3.10.3-2", "is empty; give at least one")
  }
  for (const topicFilter of packet.topicFilters) Fields.writeFilter(writer, topicFilter, "topicFilter")
  Writer.end(writer, FixedHeader.unsubscribe)
}

/** Reads the body of an UNSUBSCRIBE, as a Server would. The first fault is kept in `reader`: what `encode` refuses. */
export const decode = (reader: Reader.Reader): Unsubscribe5 => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  const properties = Properties.read(reader, "UNSUBSCRIBE")
  const topicFilters: Array<TopicFilter> = []
  if (!Reader.more(reader)) Fault.violation(reader, "MQTT-3.10.3-2", "has no Topic Filter")
  while (Reader.more(reader)) topicFilters.push(Fields.readFilter(reader))
  return { _tag: "Unsubscribe", packetIdentifier, topicFilters, properties }
}
