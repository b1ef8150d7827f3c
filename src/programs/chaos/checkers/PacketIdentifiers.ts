/**
 * A Packet Identifier stands for one packet at a time (MQTT-2.3.1-4), and a PUBLISH that is sent again keeps its own
 * (MQTT-4.4.0-1).
 */
import type { Packet } from "../../../domain/packet/Packet.ts"
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import * as Ledger from "../life/Ledger.ts"
import * as Message from "../life/Message.ts"

const judge = (packet: Packet, facts: ObservedState): string | undefined => {
  const { line } = facts
  if (line === undefined) return undefined
  if (packet._tag === "Subscribe") {
    return line.unacknowledged.has(packet.packetIdentifier)
      ? "SUBSCRIBE has the Packet Identifier " + packet.packetIdentifier + " of a PUBLISH in flight" : undefined
  }
  if (packet._tag !== "Publish" || packet.packetIdentifier === undefined) return undefined
  const { packetIdentifier } = packet
  const key = Message.key(packet.topic, packet.payload)
  const other = line.unacknowledged.get(packetIdentifier)
  if (other !== undefined && other !== key) {
    return key + " has the Packet Identifier " + packetIdentifier + " of " + other + ", which is in flight"
  }
  if (Message.count(key) === undefined) return undefined
  const one = Ledger.find(facts.ledger, key)
  if (one.sent === 0 || one.wasForgotten || one.packetIdentifier === packetIdentifier) return undefined
  return key + " was sent with Packet Identifier " + one.packetIdentifier + " and now with " + packetIdentifier
}

export const packetIdentifiers: Checker = {
  name: "packet identifiers",
  promise: "a Packet Identifier stands for one packet at a time, and a PUBLISH keeps its own",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent") return undefined
    const here = new Map<number, string>()
    for (const packet of facts.packets ?? []) {
      const wrong = judge(packet, facts)
      if (wrong !== undefined) return wrong
      if (packet._tag !== "Publish" && packet._tag !== "Subscribe") continue
      const { packetIdentifier } = packet
      if (packetIdentifier === undefined) continue
      if (here.has(packetIdentifier)) {
        return "Packet Identifier " + packetIdentifier + " stands for a " + here.get(packetIdentifier) + " and a " +
          packet._tag + " at once"
      }
      here.set(packetIdentifier, packet._tag)
    }
    return undefined
  }
}
