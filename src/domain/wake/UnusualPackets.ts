/**
 * Packets that a usual wake does not get: those that may not come, or not now, and a message that is too large. A board keeps
 * it in a file of its own.
 */
import * as Outgoing from "../packet/Outgoing.ts"
import type { Oversized } from "../packet/Oversized.ts"
import type { ServerPacket } from "../packet/ServerPacket.ts"
import * as Violation from "../Violation.ts"
import { isCommand } from "./commands.ts"
import type { Attempt, AttemptError } from "./Attempt.ts"

/** Takes such a packet; gives what is wrong with it, if that ends the connection. */
export const take = (attempt: Attempt, packet: ServerPacket | Oversized): AttemptError | undefined => {
  if (!attempt.accepted || packet._tag !== "Oversized") return Violation.outOfTurn(packet._tag, attempt.accepted)
  const { maximum, packetIdentifier, size, topic } = packet
  if (packetIdentifier !== undefined) attempt.replies = Outgoing.join(attempt.replies, Outgoing.puback(packetIdentifier))
  // It goes by; all else that is subscribed to is the configuration.
  if (topic === undefined || !isCommand(attempt.wake.config, topic)) attempt.tooLarge = "it has " + size + " bytes; this device takes at most " + maximum
  return undefined
}
