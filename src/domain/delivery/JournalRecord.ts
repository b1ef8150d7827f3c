/**
 * A message as a record of the journal: `<topic>NUL<payload>`, and behind another NUL, in JSON, when sensors were read.
 * MQTT has no NUL in texts, and our payloads have none.
 *
 * A record has no line feed. The rare message that has one is JSON behind a NUL.
 */
import * as Bytes from "../bytes/Bytes.ts"
import type { Message } from "./Outbox.ts"

/** Sensor id -> the clock, in milliseconds, at its last reading (DeviceState). */
export type ReadAt = Readonly<Record<string, number>>

export interface Content extends Message {
  /** Undefined: the record does not say. */
  readonly readAt: ReadAt | undefined
}

const separator = 0
const lineFeed = 10

export const encode = ({ payload, topic }: Message, readAt: ReadAt | undefined): Bytes.Bytes => {
  const plain = topic + "\0" + payload + (readAt ? "\0" + JSON.stringify([readAt]) : "")
  const bytes = Bytes.fromText(plain)
  return Bytes.indexOf(bytes, lineFeed, 0) < 0 ? bytes
    : Bytes.fromText("\0" + JSON.stringify([topic, payload, readAt ?? null]))
}

/** A copy, for what is read of a journal may be erased. */
const textOf = (bytes: Bytes.Bytes): string => Bytes.toText(Bytes.concat([bytes, Bytes.empty]))

/** The inverse of `encode`, on what it has made. */
export const decode = (record: Bytes.Bytes): Content => {
  const topicEnd = Bytes.indexOf(record, separator, 0)
  if (topicEnd === 0) {
    const [topic, payload, readAt] = JSON.parse(textOf(Bytes.slice(record, 1))) as [string, string, ReadAt | null]
    return { topic, payload, readAt: readAt ?? undefined }
  }
  const payloadEnd = Bytes.indexOf(record, separator, topicEnd + 1)
  const hasTimes = payloadEnd >= 0
  return {
    topic: textOf(Bytes.slice(record, 0, topicEnd)),
    payload: textOf(Bytes.slice(record, topicEnd + 1, hasTimes ? payloadEnd : Bytes.length(record))),
    readAt: hasTimes ? (JSON.parse(textOf(Bytes.slice(record, payloadEnd + 1))) as [ReadAt])[0] : undefined
  }
}
