/** What the Client sends is what the Server takes, as its CONNACK says (MQTT 5, 3.2.2.3). */
import type { Checker } from "../Checker.ts"
import type { Link } from "../ObservedState.ts"
import type { Publish, Seen } from "../Seen.ts"

/** Messages of one connection that have no last answer. */
interface Flow {
  readonly open: Set<number>
}

const publishFault = ({ limits }: Link, flow: Flow, { packetIdentifier, properties, qos, retain }: Publish) => {
  const { maximumQos = 2, receiveMaximum = 65_535, retainAvailable = true, topicAliasMaximum = 0 } = limits
  const alias = properties?.topicAlias ?? 0
  if (alias > topicAliasMaximum) return `Topic Alias ${alias}, with a Topic Alias Maximum of ${topicAliasMaximum}`
  if (qos > maximumQos) return `QoS ${qos}, with a Maximum QoS of ${maximumQos}`
  if (retain && !retainAvailable) return "a retained message to a Server that keeps none"
  if (packetIdentifier !== undefined) flow.open.add(packetIdentifier)
  return flow.open.size > receiveMaximum
    ? `${flow.open.size} messages without an answer, with a Receive Maximum of ${receiveMaximum}` : undefined
}

/** Answers after which another message may be sent (4.9). */
const isFinal = (packet: Seen): boolean =>
  packet._tag === "Puback" || packet._tag === "Pubcomp" ||
  (packet._tag === "Pubrec" && (packet.reasonCode ?? 0) >= 0x80)

export const limits: Checker = {
  name: "limits",
  promise: "the Client sends nothing that the Server does not take, as its CONNACK says",
  begin: () => {
    const flows = new Map<number, Flow>()
    return (seen, facts) => {
      if ((seen._tag !== "Sent" && seen._tag !== "Pulled") || seen.packet === undefined) return undefined
      const link = facts.links.get(seen.link)
      if (link === undefined) return undefined
      const flow = flows.get(seen.link) ?? { open: new Set() }
      flows.set(seen.link, flow)
      const { packet } = seen
      if (seen._tag === "Pulled") {
        if (isFinal(packet) && "packetIdentifier" in packet) flow.open.delete(packet.packetIdentifier as number)
        return undefined
      }
      const { maximumPacketSize = Infinity } = link.limits
      if (link.isAccepted && seen.bytes > maximumPacketSize) {
        return `${packet._tag} of ${seen.bytes} bytes, with a Maximum Packet Size of ${maximumPacketSize}`
      }
      return packet._tag === "Publish" ? publishFault(link, flow, packet) : undefined
    }
  }
}
