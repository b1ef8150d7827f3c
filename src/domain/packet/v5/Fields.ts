/**
 * The data types that MQTT 5 adds: Four Byte Integer (1.5.3) and Variable Byte Integer (1.5.5), and the Topic Filters
 * of Shared Subscriptions (4.8.2).
 */
import * as Reader from "../Reader.ts"
import type { TopicFilter } from "../Topic.ts"
import * as TopicField from "../TopicField.ts"
import * as Writer from "../Writer.ts"
import * as Fault from "./Fault.ts"

/** The largest Variable Byte Integer: four bytes of seven bits (1.5.5). */
export const maximumVariable = 268_435_455

/** 32 bits, big-endian (1.5.3). */
export const readU32 = (reader: Reader.Reader): number => {
  const high = Reader.u16(reader)
  return high * 0x1_0000 + Reader.u16(reader)
}

/** 32 bits, big-endian (1.5.3). `value` must be in range. */
export const writeU32 = (writer: Writer.Writer, value: number): void => {
  Writer.u16(writer, value >>> 16)
  Writer.u16(writer, value & 0xffff)
}

/** A Variable Byte Integer of at most four bytes (1.5.5), in no more bytes than it needs (MQTT-1.5.5-1). */
export const readVariable = (reader: Reader.Reader): number => {
  let value = 0
  let unit = 1
  for (let size = 1; size <= 4; size++) {
    const digit = Reader.u8(reader)
    value += (digit & 0x7f) * unit
    if (digit < 0x80) {
      if (digit === 0 && size > 1) Fault.malformed(reader, "MQTT-1.5.5-1", "has a length in more bytes than it needs")
      return value
    }
    unit *= 128
  }
  Fault.malformed(reader, "1.5.5", "has a Variable Byte Integer of more than four bytes")
  return 0
}

/** A Variable Byte Integer (1.5.5). `value` must be in range. */
export const writeVariable = (writer: Writer.Writer, value: number): void => {
  let left = value
  for (; left > 0x7f; left >>>= 7) Writer.u8(writer, left & 0x7f | 0x80)
  Writer.u8(writer, left)
}

/**
 * Goes before the bytes that were written since `at`, an offset in the body where one byte was kept free: their number
 * as a Variable Byte Integer.
 */
export const prefixLength = (writer: Writer.Writer, at: number): void => {
  const size = writer.offset - writer.body - at - 1
  const more = size < 0x80 ? 0 : size < 0x4000 ? 1 : size < 0x20_0000 ? 2 : 3
  for (let i = 0; i < more; i++) Writer.u8(writer, 0)
  const start = writer.body + at
  const { bytes } = writer
  if (more > 0) bytes.copyWithin(start + 1 + more, start + 1, start + 1 + size)
  let left = size
  for (let i = 0; i < more; i++, left >>>= 7) bytes[start + i] = left & 0x7f | 0x80
  bytes[start + more] = left
}

/** The first level of the Topic Filter of a Shared Subscription (4.8.2). */
const share = "$share/"

/** Whether this is the Topic Filter of a Shared Subscription (4.8.2). */
export const isShared = (topicFilter: string): boolean => topicFilter.startsWith(share)

/** Whether the user means a Shared Subscription but forgot everything after its first level. */
const isBareShare = (topicFilter: string): boolean => topicFilter === "$share"

/** Why the Topic Filter of a Shared Subscription is wrong: the clause and the end of a sentence about it. */
export const sharedFault = (topicFilter: string): readonly [clause: string, fault: string] | undefined => {
  if (isBareShare(topicFilter)) return ["MQTT-4.8.2-1", "has no ShareName: write $share/ShareName/filter"]
  if (!isShared(topicFilter)) return undefined
  const end = topicFilter.indexOf("/", share.length)
  const name = end < 0 ? topicFilter.slice(share.length) : topicFilter.slice(share.length, end)
  if (name === "") return ["MQTT-4.8.2-1", "has an empty ShareName: write $share/ShareName/filter"]
  if (name.includes("+") || name.includes("#")) return ["MQTT-4.8.2-2", "has a wildcard in its ShareName"]
  return end < 0 || end === topicFilter.length - 1
    ? ["MQTT-4.8.2-2", "has no Topic Filter after its ShareName: write $share/ShareName/filter"]
    : undefined
}

/** Reads a Topic Filter. One that is not valid is kept as the fault of `reader` (4.7, 4.8.2). */
export const readFilter = (reader: Reader.Reader): TopicFilter => {
  const filter = TopicField.readFilter(reader)
  const fault = sharedFault(filter)
  if (fault !== undefined) Fault.violation(reader, fault[0], "has a Topic Filter that " + fault[1])
  return filter
}

/** Writes a Topic Filter. One that is not valid is kept as the fault of `writer` (4.7, 4.8.2). */
export const writeFilter = (writer: Writer.Writer, topicFilter: TopicFilter, field: string): void => {
  const fault = sharedFault(topicFilter)
  if (fault !== undefined) Fault.invalid(writer, field, fault[0], fault[1])
  TopicField.writeFilter(writer, topicFilter, field)
}
