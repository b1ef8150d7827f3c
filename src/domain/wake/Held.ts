/**
 * Which messages are sent when, on a device that has suspects (`Quarantine`). Rare, so a board keeps it in a separate
 * file.
 */
import { patch } from "../state/patch.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Wake } from "./Wake.ts"

/**
 * From this try on the device takes the configuration before it sends what is held back: if nothing else is pending, a
 * new configuration may correct the problem.
 */
export const configurationFirst = 3

/**
 * A try begins: all messages of topics that have a suspect are held back. If there are no others, the first part is
 * sent at once.
 */
export const begin = (wake: Wake): void => {
  const { reconnect } = wake.state
  const held = Quarantine.held(wake.state)
  const isAlone = held.length === DeviceState.pending(wake.state) && reconnect.attemptCount < configurationFirst
  wake.held = isAlone ? Quarantine.release(wake.state, held, 0) : held
  if (held.length === 0) wake.state = patch(wake.state, { suspects: [] })
}

/** Messages added after `lastId` wait behind those of their topic that are held back. */
export const follow = (wake: Wake, lastId: number): void => {
  const { entries } = wake.state.outbox
  const topics = entries.filter(({ id }) => wake.held.indexOf(id) >= 0).map(({ topic }) => topic)
  wake.held = wake.held.concat(
    entries.filter(({ id, topic }) => id > lastId && topics.indexOf(topic) >= 0).map(({ id }) => id)
  )
}

/**
 * The next part of what was held back is sent, after `delivered` messages have been acknowledged on this connection.
 */
export const release = (wake: Wake, delivered: number): void => {
  wake.held = Quarantine.release(wake.state, wake.held, delivered)
  // What had no room beside it in the Outbox comes out of the journal after it.
  wake.isResting = false
}
