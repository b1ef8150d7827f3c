/**
 * Nothing is sent again without a reason: the PUBACK of the last time has not reached the device, or the power was cut,
 * or the flash failed, before the device could store it.
 */
import * as Ledger from "../life/Ledger.ts"
import * as Message from "../life/Message.ts"
import type { Checker } from "../life/Checker.ts"

export const duplicates: Checker = {
  name: "duplicates",
  promise: "no more duplicates than redelivery explains",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent") return undefined
    const here = new Set<string>()
    for (const packet of facts.packets ?? []) {
      if (packet._tag !== "Publish") continue
      const key = Message.key(packet.topic, packet.payload)
      if (Message.count(key) === undefined) continue
      const one = Ledger.find(facts.ledger, key)
      if ((here.has(key) || facts.line?.sent.has(key) === true) && !one.wasForgotten) {
        return key + " was sent twice on one connection"
      }
      here.add(key)
      // One that was on its way to the journal's end when the power was cut is in two places.
      if (one.isAcknowledged && !one.isDoubtful && !one.isUncertain && !one.wasForgotten) {
        return key + " was sent again after its PUBACK"
      }
    }
    return undefined
  }
}
