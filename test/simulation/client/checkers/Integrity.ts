/** What reaches the Server is what was published, and with QoS 0 once. */
import type { Checker } from "../Checker.ts"
import * as Payload from "../Payload.ts"

export const integrity: Checker = {
  name: "integrity",
  promise: "the Client sends only what its user has published; with QoS 0 at most once",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent") return undefined
    const { packet } = seen
    if (packet === undefined) return "the Client has sent bytes that are no Control Packet"
    if (packet._tag !== "Publish") return undefined
    const publication = facts.publications.get(Payload.number(packet.payload))
    if (publication === undefined) return `a PUBLISH to ${packet.topic} that nobody has asked for`
    const { ask } = publication
    const isSame = packet.topic === ask.topic &&
      packet.qos === ask.qos &&
      packet.retain === ask.retain &&
      packet.payload.length === ask.bytes
    if (!isSame) {
      return (
        `publication ${ask.number} is sent as ${packet.topic}, QoS ${packet.qos}, ` +
        `retain ${packet.retain}, ${packet.payload.length} bytes`
      )
    }
    return ask.qos === 0 && publication.sends.length > 0
      ? `publication ${ask.number} has QoS 0 and is sent twice`
      : undefined
  }
}
