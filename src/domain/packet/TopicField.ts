/**
 * Topic Names and Topic Filters inside packets: the rules of Topic, with the errors of a Reader or a Writer.
 */
import * as Topic from "./Topic.ts"
import * as Reader from "./Reader.ts"
import * as Writer from "./Writer.ts"

export const readName = (reader: Reader.Reader): Topic.TopicName => {
  const topic = Reader.text(reader)
  const fault = Topic.nameFault(topic)
  if (fault !== undefined) Reader.violation(reader, fault[0], "has a Topic Name that " + fault[1])
  return topic as Topic.TopicName
}

export const readFilter = (reader: Reader.Reader): Topic.TopicFilter => {
  const topic = Reader.text(reader)
  const fault = Topic.filterFault(topic)
  if (fault !== undefined) Reader.violation(reader, fault[0], "has a Topic Filter that " + fault[1])
  return topic as Topic.TopicFilter
}

export const writeName = (writer: Writer.Writer, topic: Topic.TopicName, field: string): void => {
  if (topic !== "" && Writer.plainText(writer, topic)) return
  const fault = Topic.nameFault(topic)
  if (fault !== undefined) Writer.invalid(writer, field, fault[0], fault[1])
  Writer.text(writer, topic, field)
}

export const writeFilter = (writer: Writer.Writer, topic: Topic.TopicFilter, field: string): void => {
  const fault = Topic.filterFault(topic)
  if (fault !== undefined) Writer.invalid(writer, field, fault[0], fault[1])
  Writer.text(writer, topic, field)
}
