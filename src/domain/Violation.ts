/**
 * Packets that are well formed and should not have come, or not now: what the Server did wrong, by which clause. A wake that
 * goes as usual needs none of it, so a board keeps it in a file of its own.
 */
import { ProtocolViolation } from "./packet/PacketError.ts"

/** An acknowledgement for nothing, or of the wrong kind. */
export const unawaited = (packet: "PUBACK" | "SUBACK" | "UNSUBACK", packetIdentifier: number): ProtocolViolation => {
  const clause = packet === "PUBACK" ? "MQTT-4.3.2-1" : packet === "SUBACK" ? "MQTT-3.8.4-2" : "MQTT-3.10.4-4"
  return new ProtocolViolation({
    packet,
    clause,
    message: packet + " for Packet Identifier " + packetIdentifier + ", which no "
      + (packet === "PUBACK" ? "PUBLISH" : packet === "SUBACK" ? "SUBSCRIBE" : "UNSUBSCRIBE") + " is waiting for"
  })
}

/** A SUBACK without a return code for each Topic Filter. */
export const miscounted = (returnCodes: number, filters: number): ProtocolViolation =>
  new ProtocolViolation({
    packet: "SUBACK",
    clause: "MQTT-3.8.4-5",
    message: "SUBACK has " + returnCodes + " return codes for " + filters + " Topic Filters"
  })

/**
 * To a device, which never unsubscribes: any packet before CONNACK, and behind it a second one and UNSUBACK. PINGRESP is
 * nothing wrong there. `tag` is the packet's.
 */
export const outOfTurn = (tag: string, accepted: boolean): ProtocolViolation | undefined => {
  if (accepted && tag === "Pingresp") return undefined
  if (accepted && tag !== "Connack") {
    return new ProtocolViolation({ packet: "UNSUBACK", clause: "MQTT-3.10.4-4", message: "UNSUBACK, but nobody sent UNSUBSCRIBE" })
  }
  const name = tag.toUpperCase()
  const clause = accepted ? "3.2" : "MQTT-3.2.0-1"
  const what = accepted ? "a second CONNACK on one connection" : name + " before CONNACK"
  return new ProtocolViolation({ packet: name, clause, message: what })
}
