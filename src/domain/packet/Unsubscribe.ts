/**
 * UNSUBSCRIBE, ends one or more subscriptions (MQTT 3.1.1, section 3.10).
 *
 *     byte 1   | 1010 | 0010 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *     once or  | Topic Filter (UTF-8) |
 *     more     |
 */
import type { TopicFilter } from "./Topic.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as TopicField from "./TopicField.ts"
import * as Writer from "./Writer.ts"

/** Ends subscriptions (MQTT 3.1.1, 3.10). */
export interface Unsubscribe {
  readonly _tag: "Unsubscribe"
  readonly packetIdentifier: number
  /** At least one (MQTT-3.10.3-2). */
  readonly topicFilters: ReadonlyArray<TopicFilter>
}

/** An UNSUBSCRIBE of these values, unchecked: `encode` checks. */
export const make = (packetIdentifier: number, topicFilters: ReadonlyArray<TopicFilter>): Unsubscribe => ({
  _tag: "Unsubscribe",
  packetIdentifier,
  topicFilters
})

/**
 * Writes an UNSUBSCRIBE. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.3.1-1), no
 * Topic Filter (MQTT-3.10.3-2), one that is not valid (4.7).
 */
export const encode = (packet: Unsubscribe, writer: Writer.Writer): void => {
  Writer.begin(writer, "UNSUBSCRIBE")
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  if (packet.topicFilters.length === 0) {
    Writer.invalid(writer, "topicFilters", "MQTT-3.10.3-2", "is empty; give at least one")
  }
  for (const topicFilter of packet.topicFilters) TopicField.writeFilter(writer, topicFilter, "topicFilter")
  Writer.end(writer, FixedHeader.unsubscribe)
}

/**
 * Reads the body of an UNSUBSCRIBE, as a Server would. The first fault is kept in `reader`: Packet Identifier 0
 * (MQTT-2.3.1-1), no Topic Filter (MQTT-3.10.3-2), one that is not valid (4.7).
 */
export const decode = (reader: Reader.Reader): Unsubscribe => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  const topicFilters: Array<TopicFilter> = []
  if (!Reader.more(reader)) Reader.violation(reader, "MQTT-3.10.3-2", "has no Topic Filter")
  while (Reader.more(reader)) topicFilters.push(TopicField.readFilter(reader))
  return make(packetIdentifier, topicFilters)
}
