/**
 * What a device publishes beside the document of a reading with `publish_values`. A board whose configuration does without
 * keeps it in a file of its own.
 */
import type { ApplicationMessage } from "./ApplicationMessage.ts"
import type { Measurement } from "./Reading.ts"
import { toMessage } from "./toMessage.ts"

/** Each value under a topic of its own, which begins with `base`. */
export const messages = (base: string, { humidity, temperature }: Measurement): ReadonlyArray<ApplicationMessage<1>> => {
  const all: Array<ApplicationMessage<1>> = []
  if (temperature !== undefined) all.push(toMessage(base + "temperature", "" + temperature))
  if (humidity !== undefined) all.push(toMessage(base + "humidity", "" + humidity))
  return all
}
