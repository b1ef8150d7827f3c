/**
 * Nothing is sent before it is remembered: a PUBLISH is in flash, with its Packet Identifier, when it is written to the
 * network. Flash that fails is told, and then stands in nobody's way.
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
      const key = Message.key(packet.topic, packet.payload)
      if (facts.kept?.inFlight.get(key) !== packet.packetIdentifier) {
        return key + " was sent with Packet Identifier " + packet.packetIdentifier + ", but flash does not have it"
      }
    }
    return undefined
  }
}
