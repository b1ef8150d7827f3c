/**
 * A PUBLISH that is sent again has DUP 1 (MQTT-3.3.1-1), one that is sent for the first time DUP 0. After a power cut
 * nobody knows what was sent: then DUP 1 is right for both.
 */
import type { Checker } from "../life/Checker.ts"
import * as Ledger from "../life/Ledger.ts"
import * as Message from "../life/Message.ts"

export const dup: Checker = {
  name: "dup",
  promise: "DUP is set on a message that is sent again, and on no other",
  begin: () => (seen, facts) => {
    if (seen._tag !== "Sent") return undefined
    for (const packet of facts.packets ?? []) {
      if (packet._tag !== "Publish") continue
      const key = Message.key(packet.topic, packet.payload)
      if (Message.count(key) === undefined) continue
      const one = Ledger.find(facts.ledger, key)
      if (!packet.dup && one.sent > 0 && !one.wasForgotten) return key + " was sent again without DUP"
      if (packet.dup && one.sent === 0 && !one.isUncertain && !one.wasForgotten) {
        return key + " was sent for the first time, with DUP"
      }
    }
    return undefined
  }
}
