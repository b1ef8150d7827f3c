/**
 * Who waits for the answer to a request, by its Correlation Data.
 */
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { Received } from "./Handler.ts"

export interface Responses {
  readonly waiting: Map<string, (message: Received) => void>
  count: number
}

export const make = (): Responses => ({ waiting: new Map(), count: 0 })

/**
 * Correlation Data of eight bytes: a number of this Client's requests, and one by chance, because an answer to an earlier
 * program may still come.
 */
export const correlationOf = (responses: Responses, chance: number): Bytes => {
  const bytes = new Uint8Array(8)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, ++responses.count)
  view.setInt32(4, chance % 0x8000_0000)
  return bytes
}

const keyOf = (correlationData: Bytes): string => String.fromCharCode(...correlationData)

/** Waits for an answer, until the returned function is called. */
export const expect = (
  responses: Responses,
  correlationData: Bytes,
  answered: (message: Received) => void
): () => void => {
  const key = keyOf(correlationData)
  responses.waiting.set(key, answered)
  return () => {
    responses.waiting.delete(key)
  }
}

/** An answer has come. One that nobody waits for (any more) is dropped. */
export const take = (responses: Responses, message: Received): void => {
  const { correlationData } = message.properties ?? {}
  if (correlationData === undefined) return
  const key = keyOf(correlationData)
  const answered = responses.waiting.get(key)
  responses.waiting.delete(key)
  // What was read lives as long as any part of it.
  answered?.({ ...message, payload: message.payload.slice() })
}
