/**
 * What a device publishes beside the document of a reading with `publish_values`. A board whose configuration does without
 * keeps it in a file of its own.
 */
import type { Message } from "./Outbox.ts"
import type { Measurement } from "./Reading.ts"

/** Each value under a topic of its own, which begins with `base`. */
export const messages = (base: string, { humidity, temperature }: Measurement): ReadonlyArray<Message> => {
  const all: Array<Message> = []
  if (temperature !== undefined) all.push({ topic: base + "temperature", payload: "" + temperature })
  if (humidity !== undefined) all.push({ topic: base + "humidity", payload: "" + humidity })
  return all
}
