/** What is told when a device may not subscribe to its configuration. Rare, so a board keeps it in a file of its own. */
import type { WakeEvent } from "./WakeEvent.ts"

/** The Server lets nobody subscribe to what we asked for: SUBACK 0x80 (3.9.3). */
export const refusedSubscription = (): WakeEvent => ({
  _tag: "ConfigUnchanged",
  reason: "the Server refused the subscription (SUBACK 0x80); check what this client may read"
})
