/**
 * The Message Expiry Interval of messages that wait here (MQTT 5, 3.3.2.3.3): it begins when they are published, is counted
 * down while they wait, and what was never sent when it is over is dropped.
 */
import * as Effect from "effect/Effect"
import * as MutableList from "effect/MutableList"
import { type MessageExpired, messageExpired } from "./errors.ts"
import { type Exchange, freeBytes, type Message, type Publication } from "./ExchangeState.ts"

/** When a message with these properties expires that is published now; undefined: never. Milliseconds since 1970. */
export const expiresAt = ({ now }: Exchange, properties: Message["properties"]): number | undefined => {
  const seconds = properties?.messageExpiryInterval
  // What is no interval is refused where the packet is encoded.
  return Number.isSafeInteger(seconds) ? now() + (seconds as number) * 1_000 : undefined
}

/** Why a message is not to be sent. What was sent before may be there already: it is sent again, whatever the time. */
export const fault = (
  { now }: Exchange,
  { message: { expiresAt, properties, topic }, state }: Publication
): MessageExpired | undefined =>
  state !== "in line" || expiresAt === undefined || now() <= expiresAt ? undefined
    : messageExpired(topic, properties?.messageExpiryInterval ?? 0)

/** The properties to send, with the seconds that are left. It does not become 0, which for some Servers is for ever. */
export const counted = ({ now }: Exchange, { expiresAt, properties }: Message): Message["properties"] => {
  if (expiresAt === undefined) return properties
  const left = Math.ceil((expiresAt - now()) / 1_000)
  return { ...properties, messageExpiryInterval: Math.max(Math.min(1, properties?.messageExpiryInterval ?? 0), left) }
}

/** A message waits that expires then. */
export const awaitExpiry = (exchange: Exchange, { expiresAt = Infinity }: Message): void => {
  exchange.nextExpiry = Math.min(exchange.nextExpiry, expiresAt)
}

/** Drops all that have waited too long; resumes their publishers last. */
export const dropExpired = (exchange: Exchange): void => {
  if (exchange.now() <= exchange.nextExpiry) return
  const expired: Array<readonly [Publication, MessageExpired]> = []
  exchange.nextExpiry = Infinity
  MutableList.filter(exchange.line, (publication) => {
    const why = fault(exchange, publication)
    if (why !== undefined) expired.push([publication, why])
    else if (publication.state === "in line") awaitExpiry(exchange, publication.message)
    return why === undefined
  })
  for (const [publication] of expired) {
    publication.state = "cancelled"
    exchange.inLine--
    exchange.notes?.note({ _tag: "Done", number: publication.number })
    freeBytes(exchange, publication.message)
  }
  for (const [{ resume }, why] of expired) resume(Effect.fail(why))
}
