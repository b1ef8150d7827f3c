/**
 * PUBLISH, an Application Message on its way (MQTT 5, section 3.3).
 *
 *     byte 1   | 0011 | DUP | QoS (2 bits) | RETAIN |
 *     byte 2.. | Remaining Length                   |
 *     then     | Topic Name (UTF-8); may be empty with a Topic Alias |
 *              | Packet Identifier, if QoS > 0      |
 *              | properties                         |
 *              | payload: all that is left          |
 */
import type { TopicName } from "../Topic.ts"
import * as FixedHeader from "../FixedHeader.ts"
import type * as Publish from "../Publish.ts"
import * as Reader from "../Reader.ts"
import * as TopicField from "../TopicField.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"
import * as Properties from "./Properties.ts"
import type * as PropertyTable from "./PropertyTable.ts"

/**
 * An Application Message on its way (MQTT 5, 3.3): that of MQTT 3.1.1 with properties. `topic` may be empty if they have
 * a `topicAlias`, which then stands for the topic of an earlier PUBLISH.
 */
export interface Publish5<QoS extends 0 | 1 | 2 = 0 | 1 | 2> extends Publish.Publish<QoS> {
  readonly properties?: PropertyTable.Properties<"PUBLISH"> | undefined
}

/** A Topic Name may be empty only with a Topic Alias. */
const emptyTopicClause = "3.3.2.1"

const writeTopic = ({ properties, topic }: Publish5, writer: Writer.Writer): void => {
  if (topic !== "") return TopicField.writeName(writer, topic, "topic")
  if (properties?.topicAlias === undefined) {
    Fault.invalid(writer, "topic", emptyTopicClause, "is empty; that needs a topicAlias")
  }
  Writer.u16(writer, 0)
}

/**
 * Writes a PUBLISH. Kept as the fault of `writer`: a topic that is not a Topic Name (4.7), an empty one without a Topic
 * Alias (3.3.2.1), DUP (MQTT-3.3.1-2) or a Packet Identifier (MQTT-2.2.1-2) with QoS 0, none with QoS 1 and 2
 * (MQTT-2.2.1-3), another QoS (MQTT-3.3.1-4), a property that is not valid, more than 268,435,455 bytes (2.1.4).
 */
export const encode = (packet: Publish5, writer: Writer.Writer): void => {
  const qos = packet.qos
  Writer.begin(writer, "PUBLISH")
  writeTopic(packet, writer)
  if (qos === 0) {
    if (packet.dup) Fault.invalid(writer, "dup", "MQTT-3.3.1-2", "is set with QoS 0")
    if (packet.packetIdentifier !== undefined) {
      Fault.invalid(writer, "packetIdentifier", "MQTT-2.2.1-2", "is given with QoS 0")
    }
  } else {
    if (qos !== 1 && qos !== 2) Fault.invalid(writer, "qos", "MQTT-3.3.1-4", `is ${qos}; it must be 0, 1 or 2`)
    Writer.packetIdentifier(writer, packet.packetIdentifier)
  }
  Properties.write(writer, "PUBLISH", packet.properties)
  Writer.raw(writer, packet.payload, "payload")
  Writer.end(writer, FixedHeader.publish | (packet.dup ? 8 : 0) | qos << 1 | (packet.retain ? 1 : 0))
}

const readTopic = (reader: Reader.Reader): TopicName =>
  reader.bytes[reader.offset] === 0 && reader.bytes[reader.offset + 1] === 0 ? Reader.text(reader) as TopicName
    : TopicField.readName(reader)

/** `flags`: the low four bits of the first byte. */
export const decode = (flags: number, reader: Reader.Reader): Publish5 => {
  const qos = flags >> 1 & 3
  const dup = (flags & 8) !== 0
  if (qos === 3) Fault.malformed(reader, "MQTT-3.3.1-4", "has QoS 3")
  else if (dup && qos === 0) Fault.violation(reader, "MQTT-3.3.1-2", "has DUP set with QoS 0")
  const topic = readTopic(reader)
  const packetIdentifier = qos === 0 ? undefined : Reader.packetIdentifier(reader)
  const properties = Properties.read(reader, "PUBLISH")
  if (topic === "" && properties.topicAlias === undefined) {
    Fault.violation(reader, emptyTopicClause, "has an empty Topic Name and no Topic Alias")
  }
  return {
    _tag: "Publish",
    topic,
    payload: Reader.rest(reader),
    qos: qos as 0 | 1 | 2,
    retain: (flags & 1) !== 0,
    dup,
    packetIdentifier,
    properties
  }
}
