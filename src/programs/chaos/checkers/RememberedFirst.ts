/**
 * Nothing is sent before it is stored: a PUBLISH is in flash, with its Packet Identifier, when it is written to the
 * network. If flash fails, this is reported, and the device sends without it.
 */
import type { Checker } from "../life/Checker.ts"
import * as Message from "../life/Message.ts"

export const rememberedFirst: Checker = {
  name: "stored first",
  promise: "nothing is sent before it is in flash",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent" || facts.isUnsaved) return undefined
    for (const packet of facts.packets ?? []) {
      if (packet._tag !== "Publish") continue
      const { packetIdentifier } = packet
      const key = Message.key(packet.topic, packet.payload)
      const { kept } = facts
      const stored = packetIdentifier === undefined ? undefined
        : kept?.inFlight.get(packetIdentifier) ?? kept?.inFlightInPlace.get(packetIdentifier)
      if (stored !== key) {
        return key + " was sent with Packet Identifier " + packetIdentifier + ", but flash does not have it"
      }
    }
    return undefined
  }
}
