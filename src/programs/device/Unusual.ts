/**
 * Packets that a usual wake does not get: those that may not come, or not now, and a message that is too large. A board keeps
 * it in a file of its own.
 */
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import type { Oversized } from "../../domain/packet/Oversized.ts"
import type { ServerPacket } from "../../domain/packet/ServerPacket.ts"
import * as Violation from "../../domain/Violation.ts"
import { isCommand } from "./command.ts"
import type { Visit, VisitError } from "./Visit.ts"

/** Takes such a packet; gives what is wrong with it, if that ends the connection. */
export const take = (visit: Visit, packet: ServerPacket | Oversized): VisitError | undefined => {
  if (!visit.accepted || packet._tag !== "Oversized") return Violation.outOfTurn(packet._tag, visit.accepted)
  const { maximum, packetIdentifier, size, topic } = packet
  if (packetIdentifier !== undefined) visit.replies = Outgoing.join(visit.replies, Outgoing.puback(packetIdentifier))
  // It goes by; all else that is subscribed to is the configuration.
  if (topic === undefined || !isCommand(visit.memory.config, topic)) visit.tooLarge = "it has " + size + " bytes; this device takes at most " + maximum
  return undefined
}
