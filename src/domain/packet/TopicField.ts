/**
 * Topic Names and Topic Filters inside packets: the rules of Topic, with the errors of a Reader or a Writer.
 */
import * as Topic from "./Topic.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

/**
 * Reads a Topic Name. A wildcard in it, or an empty name, is kept as the fault of `reader` (MQTT-3.3.2-2,
 * MQTT-4.7.3-1).
 */
export const readName = (reader: Reader.Reader): Topic.TopicName => {
  const topic = Reader.text(reader)
  const fault = Topic.nameFault(topic)
  if (fault !== undefined) Reader.violation(reader, fault[0], "has a Topic Name that " + fault[1])
  return topic as Topic.TopicName
}

/**
 * Reads a Topic Filter. One that is empty or has a wildcard in a wrong place is kept as the fault of `reader` (4.7).
 */
export const readFilter = (reader: Reader.Reader): Topic.TopicFilter => {
  const topic = Reader.text(reader)
  const fault = Topic.filterFault(topic)
  if (fault !== undefined) Reader.violation(reader, fault[0], "has a Topic Filter that " + fault[1])
  return topic as Topic.TopicFilter
}

/** Writes a Topic Name; `field` is its name in errors. An invalid one is kept as the fault of `writer` (4.7). */
export const writeName = (writer: Writer.Writer, topic: Topic.TopicName, field: string): void => {
  if (topic !== "" && Writer.plainText(writer, topic)) return
  const fault = Topic.nameFault(topic)
  if (fault !== undefined) Writer.invalid(writer, field, fault[0], fault[1])
  Writer.text(writer, topic, field)
}

/** Writes a Topic Filter; `field` is its name in errors. An invalid one is kept as the fault of `writer` (4.7). */
export const writeFilter = (writer: Writer.Writer, topic: Topic.TopicFilter, field: string): void => {
  const fault = Topic.filterFault(topic)
  if (fault !== undefined) Writer.invalid(writer, field, fault[0], fault[1])
  Writer.text(writer, topic, field)
}
