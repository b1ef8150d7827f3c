/**
 * What the Server does not take, as its CONNACK says (MQTT 5, 3.2.2.3): so the caller learns it, and the Server need not
 * close the connection.
 */
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Fields from "../../domain/packet/v5/Fields.ts"
import type * as PropertyTable from "../../domain/packet/v5/PropertyTable.ts"
import type { Sent } from "./Dialect.ts"

export type ServerLimits = PropertyTable.Properties<"CONNACK">

const refuse = (packet: string, field: string, clause: string, fault: string): InvalidPacket =>
  new InvalidPacket({ packet, field, clause, message: `${packet}: ${field} ${fault} (MQTT 5, ${clause})` })

const subscribeFault = (limits: ServerLimits, topicFilter: string): InvalidPacket | undefined =>
  limits.sharedSubscriptionAvailable === false && Fields.isShared(topicFilter)
    ? refuse("SUBSCRIBE", "topicFilter", "3.2.2.3.13", "is shared, and the Server has no Shared Subscriptions")
    : limits.wildcardSubscriptionAvailable === false && /[+#]/.test(topicFilter)
    ? refuse("SUBSCRIBE", "topicFilter", "3.2.2.3.11", "has a wildcard, and the Server takes none")
    : undefined

/** Why the Server does not take a packet like this. */
export const fault = (limits: ServerLimits, packet: Sent): InvalidPacket | undefined => {
  if (packet._tag === "Publish") {
    const { maximumQos = 2 } = limits
    if (packet.qos > maximumQos) {
      const fault = `is ${packet.qos}, and the Server takes at most ${maximumQos}: publish with that, or set lowerQos`
      return refuse("PUBLISH", "qos", "MQTT-3.2.2-11", fault)
    }
    return packet.retain && limits.retainAvailable === false
      ? refuse("PUBLISH", "retain", "MQTT-3.2.2-14", "is set, and the Server keeps no messages")
      : undefined
  }
  if (packet._tag !== "Subscribe") return undefined
  for (const { topicFilter } of packet.subscriptions) {
    const found = subscribeFault(limits, topicFilter)
    if (found !== undefined) return found
  }
  return undefined
}

/** Why the Server does not take a packet of this size in bytes, fixed header included. */
export const sizeFault = (limits: ServerLimits, packet: Sent, size: number): InvalidPacket | undefined => {
  const { maximumPacketSize = Infinity } = limits
  if (size <= maximumPacketSize) return undefined
  const field = packet._tag === "Publish" ? "payload" : "packet"
  const what = `makes a packet of ${size} bytes, and the Server takes at most ${maximumPacketSize}`
  return refuse(packet._tag.toUpperCase(), field, "MQTT-3.2.2-15", what)
}
