/**
 * A message as a record of the journal: `<topic>NUL<payload>`, and behind another NUL, in JSON, what the device must
 * know beside it (`Beside`). MQTT has no NUL in texts, and our payloads have none.
 *
 * A record has no line feed. The rare message that has one is JSON behind a NUL.
 */
import * as Bytes from "../bytes/Bytes.ts"
import type { Message } from "./Outbox.ts"

/**
 * Times, in milliseconds from the device's first wake on, so that nothing that sets the clock changes what they say; or
 * that the message may have been sent, so that its bytes stay as they are.
 */
export type Beside = readonly [read: Readonly<Record<string, number>>, shown: number] | "sent"

export interface Content extends Message {
  /** Undefined: the record has only the message. */
  readonly beside: Beside | undefined
}

const separator = 0
const lineFeed = 10

export const encode = ({ payload, topic }: Message, beside: Beside | undefined): Bytes.Bytes => {
  const plain = topic + "\0" + payload + (beside ? "\0" + JSON.stringify([beside]) : "")
  const bytes = Bytes.fromText(plain)
  return Bytes.indexOf(bytes, lineFeed, 0) < 0 ? bytes
    : Bytes.fromText("\0" + JSON.stringify([topic, payload, beside ?? null]))
}

/** A copy, for what is read of a journal may be erased. */
const textOf = (bytes: Bytes.Bytes): string => Bytes.toText(Bytes.concat([bytes, Bytes.empty]))

/** The inverse of `encode`, on what it has made. */
export const decode = (record: Bytes.Bytes): Content => {
  const topicEnd = Bytes.indexOf(record, separator, 0)
  if (topicEnd === 0) {
    const [topic, payload, beside] = JSON.parse(textOf(Bytes.slice(record, 1))) as [string, string, Beside | null]
    return { topic, payload, beside: beside ?? undefined }
  }
  const payloadEnd = Bytes.indexOf(record, separator, topicEnd + 1)
  const hasMore = payloadEnd >= 0
  return {
    topic: textOf(Bytes.slice(record, 0, topicEnd)),
    payload: textOf(Bytes.slice(record, topicEnd + 1, hasMore ? payloadEnd : Bytes.length(record))),
    beside: hasMore ? (JSON.parse(textOf(Bytes.slice(record, payloadEnd + 1))) as [Beside])[0] : undefined
  }
}
