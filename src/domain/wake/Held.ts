/**
 * Which messages go when, on a device that has suspects (`Quarantine`). Rare, so a board keeps it in a file of its own.
 */
import { patch } from "../state/patch.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Quarantine from "./Quarantine.ts"
import type { Wake } from "./Wake.ts"

/** From this try on the configuration goes before what is held back: with nothing else owed it may be what mends it. */
export const configurationFirst = 3

/**
 * A try begins: all messages of topics that have a suspect are held back. Where there are no others, the first part
 * goes at once.
 */
export const begin = (wake: Wake): void => {
  const { reconnect } = wake.state
  const held = Quarantine.held(wake.state)
  const isAlone = held.length === DeviceState.owed(wake.state) && reconnect.attemptCount < configurationFirst
  wake.held = isAlone ? Quarantine.release(wake.state, held, 0) : held
  if (held.length === 0) wake.state = patch(wake.state, { suspects: [] })
}

/** What is owed since `lastId` waits behind what is held back of its topic. */
export const follow = (wake: Wake, lastId: number): void => {
  const { entries } = wake.state.outbox
  const topics = entries.filter(({ id }) => wake.held.indexOf(id) >= 0).map(({ topic }) => topic)
  wake.held = wake.held.concat(
    entries.filter(({ id, topic }) => id > lastId && topics.indexOf(topic) >= 0).map(({ id }) => id)
  )
}

/** The next part of what was held back goes, `delivered` messages having been acknowledged on this connection. */
export const release = (wake: Wake, delivered: number): void => {
  wake.held = Quarantine.release(wake.state, wake.held, delivered)
}
