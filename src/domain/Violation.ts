/**
 * Packets that are well formed and should not have come, or not now: what the Server did wrong, by which clause.
 */
import { ProtocolViolation } from "./packet/PacketError.ts"

/** A SUBACK without a return code for each Topic Filter. */
export const miscounted = (returnCodes: number, filters: number): ProtocolViolation =>
  new ProtocolViolation({
    packet: "SUBACK",
    clause: "MQTT-3.8.4-5",
    message: "SUBACK has " + returnCodes + " return codes for " + filters + " Topic Filters"
  })

/**
 * To a device: any packet before CONNACK, and behind it a second one. PINGRESP is nothing wrong there, and an UNSUBACK for
 * which nothing waits is ignored like any other such acknowledgement. `tag` is the packet's.
 */
export const outOfTurn = (tag: string, accepted: boolean): ProtocolViolation | undefined => {
  if (accepted && tag !== "Connack") return undefined
  const name = tag === "Oversized" ? "PUBLISH" : tag.toUpperCase()
  const clause = accepted ? "3.2" : "MQTT-3.2.0-1"
  const what = accepted ? "a second CONNACK on one connection" : name + " before CONNACK"
  return new ProtocolViolation({ packet: name, clause, message: what })
}
