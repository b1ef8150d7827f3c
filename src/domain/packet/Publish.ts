/**
 * PUBLISH, an Application Message on its way (MQTT 3.1.1, section 3.3).
 *
 *     byte 1   | 0011 | DUP | QoS (2 bits) | RETAIN |
 *     byte 2.. | Remaining Length                   |
 *     then     | Topic Name (UTF-8)                 |
 *              | Packet Identifier, if QoS > 0      |
 *              | payload: all that is left          |
 */
import type { TopicName } from "./Topic.ts"
import type { Bytes } from "../bytes/Bytes.ts"
import * as FixedHeader from "./FixedHeader.ts"
import * as Reader from "./Reader.ts"
import * as TopicField from "./TopicField.ts"
import * as Writer from "./Writer.ts"

/** An Application Message on its way (MQTT 3.1.1, 3.3). */
export interface Publish<QoS extends 0 | 1 | 2 = 0 | 1 | 2> {
  readonly _tag: "Publish"
  readonly topic: TopicName
  /** When received: a view on the bytes that came from the network. */
  readonly payload: Bytes
  readonly qos: QoS
  readonly retain: boolean
  /** This may be a repetition. Never with QoS 0 (MQTT-3.3.1-2). */
  readonly dup: boolean
  /** With QoS 1 and 2 only (MQTT-2.3.1-5). */
  readonly packetIdentifier: number | undefined
}

/** A PUBLISH of these values, unchecked: `encode` checks. The payload is not copied. */
export const make = <QoS extends 0 | 1 | 2>(
  topic: TopicName,
  payload: Bytes,
  qos: QoS,
  retain: boolean,
  dup: boolean,
  packetIdentifier: number | undefined
): Publish<QoS> => ({ _tag: "Publish", topic, payload, qos, retain, dup, packetIdentifier })

/**
 * Writes a PUBLISH. Kept as the fault of `writer`: a topic that is not a Topic Name (4.7), DUP (MQTT-3.3.1-2) or a
 * Packet Identifier (MQTT-2.3.1-5) with QoS 0, none with QoS 1 and 2 (MQTT-2.3.1-1), another QoS (MQTT-3.3.1-4), more
 * than 268,435,455 bytes (2.2.3).
 */
export const encode = (packet: Publish, writer: Writer.Writer): void => {
  const qos = packet.qos
  Writer.begin(writer, "PUBLISH")
  TopicField.writeName(writer, packet.topic, "topic")
  if (qos === 0) {
    if (packet.dup) Writer.invalid(writer, "dup", "MQTT-3.3.1-2", "is set with QoS 0")
    if (packet.packetIdentifier !== undefined) {
      Writer.invalid(writer, "packetIdentifier", "MQTT-2.3.1-5", "is given with QoS 0")
    }
  } else {
    if (qos !== 1 && qos !== 2) Writer.invalid(writer, "qos", "MQTT-3.3.1-4", `is ${qos}; it must be 0, 1 or 2`)
    Writer.packetIdentifier(writer, packet.packetIdentifier)
  }
  Writer.raw(writer, packet.payload, "payload")
  Writer.end(writer, FixedHeader.publish | (packet.dup ? 8 : 0) | qos << 1 | (packet.retain ? 1 : 0))
}

/** `flags`: the low four bits of the first byte. */
export const decode = (flags: number, reader: Reader.Reader): Publish => {
  const qos = flags >> 1 & 3
  const dup = (flags & 8) !== 0
  if (qos === 3) Reader.malformed(reader, "MQTT-3.3.1-4", "has QoS 3")
  else if (dup && qos === 0) Reader.violation(reader, "MQTT-3.3.1-2", "has DUP set with QoS 0")
  const topic = TopicField.readName(reader)
  const packetIdentifier = qos === 0 ? undefined : Reader.packetIdentifier(reader)
  return make(topic, Reader.rest(reader), qos as 0 | 1 | 2, (flags & 1) !== 0, dup, packetIdentifier)
}
