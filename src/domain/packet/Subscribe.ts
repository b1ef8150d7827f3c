/**
 * SUBSCRIBE, asks for the messages of one or more Topic Filters (MQTT 3.1.1, section 3.8).
 *
 *     byte 1   | 1000 | 0010 |
 *     byte 2.. | Remaining Length  |
 *     then     | Packet Identifier |
 *     once or  | Topic Filter (UTF-8)           |
 *     more     | 000000 | requested QoS (2 bits) |
 */
import type { TopicFilter } from "./Topic.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as TopicField from "./TopicField.ts"
import * as Writer from "./Writer.ts"

/** One Topic Filter of a SUBSCRIBE (3.8.3). */
export interface Subscription {
  readonly topicFilter: TopicFilter
  /** The highest Quality of Service at which we want the messages. */
  readonly qos: 0 | 1 | 2
}

/** Asks for the messages of Topic Filters (MQTT 3.1.1, 3.8). */
export interface Subscribe {
  readonly _tag: "Subscribe"
  readonly packetIdentifier: number
  /** At least one (MQTT-3.8.3-3). */
  readonly subscriptions: ReadonlyArray<Subscription>
}

/** A SUBSCRIBE of these values, unchecked: `encode` checks. */
export const make = (packetIdentifier: number, subscriptions: ReadonlyArray<Subscription>): Subscribe => ({
  _tag: "Subscribe",
  packetIdentifier,
  subscriptions
})

/**
 * Writes a SUBSCRIBE. Kept as the fault of `writer`: a Packet Identifier that is not 1 to 65,535 (MQTT-2.3.1-1), no
 * subscription (MQTT-3.8.3-3), a Topic Filter that is not valid (4.7), a QoS that is not 0, 1 or 2 (MQTT-3-8.3-4).
 */
export const encode = (packet: Subscribe, writer: Writer.Writer): void => {
  Writer.begin(writer, "SUBSCRIBE")
  Writer.packetIdentifier(writer, packet.packetIdentifier)
  if (packet.subscriptions.length === 0) {
    Writer.invalid(writer, "subscriptions", "MQTT-3.8.3-3", "is empty; give at least one")
  }
  for (const subscription of packet.subscriptions) {
    const qos = subscription.qos
    TopicField.writeFilter(writer, subscription.topicFilter, "topicFilter")
    if (qos !== 0 && qos !== 1 && qos !== 2) {
      Writer.invalid(writer, "qos", "MQTT-3-8.3-4", `is ${qos}; it must be 0, 1 or 2`)
    }
    Writer.u8(writer, qos)
  }
  Writer.end(writer, FixedHeader.subscribe)
}

/**
 * Reads the body of a SUBSCRIBE, as a Server would. The first fault is kept in `reader`: Packet Identifier 0
 * (MQTT-2.3.1-1), no Topic Filter (MQTT-3.8.3-3), one that is not valid (4.7), a QoS byte above 2 (MQTT-3-8.3-4).
 */
export const decode = (reader: Reader.Reader): Subscribe => {
  const packetIdentifier = Reader.packetIdentifier(reader)
  const subscriptions: Array<Subscription> = []
  if (!Reader.more(reader)) Reader.violation(reader, "MQTT-3.8.3-3", "has no Topic Filter")
  while (Reader.more(reader)) {
    const topicFilter = TopicField.readFilter(reader)
    const qos = Reader.u8(reader)
    if (qos > 2) Reader.malformed(reader, "MQTT-3-8.3-4", `has the requested QoS byte ${qos}`)
    subscriptions.push({ topicFilter, qos: qos as 0 | 1 | 2 })
  }
  return make(packetIdentifier, subscriptions)
}
