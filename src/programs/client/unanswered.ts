/**
 * What the Server has not answered on a connection, in words.
 */
import type { Exchange } from "./ExchangeState.ts"
import * as InFlight from "./InFlight.ts"

/** As many are named; a window of messages is long. */
const maxNamed = 3

/** What was sent on this connection and is not answered, in words: for who wonders why it ended. */
export const unanswered = (exchange: Exchange): ReadonlyArray<string> => {
  const words: Array<string> = []
  for (const [, entry] of InFlight.all(exchange.inFlight)) {
    if (entry._tag === "Publication") {
      const { awaited, message: { payload, topic }, write } = entry
      const packet = awaited === "PUBCOMP" ? "PUBREL for a message" : "PUBLISH"
      if (write > 0) words.push(`${packet} to ${topic} (${payload.length} bytes)`)
    } else if (entry.packet._tag === "Subscribe") {
      words.push(`SUBSCRIBE to ${entry.packet.subscriptions.map(({ topicFilter }) => topicFilter).join(" ")}`)
    } else words.push(`UNSUBSCRIBE from ${entry.packet.topicFilters.join(" ")}`)
    if (words.length === maxNamed) return words
  }
  return words
}
