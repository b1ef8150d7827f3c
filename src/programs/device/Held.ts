/**
 * Which messages go when, on a device that has suspects (`Quarantine`). Rare, so a board keeps it in a file of its own.
 */
import * as Effect from "effect/Effect"
import { changed } from "../../domain/changed.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Quarantine from "../../domain/Quarantine.ts"
import type { Storage } from "../../ports/Storage.ts"
import * as Memory from "./Memory.ts"
import type { Visit } from "./Visit.ts"

/** From this try on the configuration goes before what is held back: with nothing else owed it may be what mends it. */
const configurationFirst = 3

/** A try begins: all messages of topics that have a suspect are held back. Where there are no others, the first part goes at once. */
export const begin = (memory: Memory.Memory): void => {
  const { outbox, reconnect } = memory.state
  const held = Quarantine.held(memory.state)
  const isAlone = held.length === Outbox.size(outbox) && reconnect.attemptCount < configurationFirst
  memory.held = isAlone ? Quarantine.release(memory.state, held, 0) : held
  if (held.length === 0) memory.state = changed(memory.state, { suspects: [] })
}

/** What is owed since `lastId` waits behind what is held back of its topic. */
export const follow = (memory: Memory.Memory, lastId: number): void => {
  const { entries } = memory.state.outbox
  const topics = entries.filter(({ id }) => memory.held.indexOf(id) >= 0).map(({ topic }) => topic)
  memory.held = memory.held.concat(entries.filter(({ id, topic }) => id > lastId && topics.indexOf(topic) >= 0).map(({ id }) => id))
}

/** The next part of what was held back goes: as with everything that is sent, its Packet Identifiers are remembered first. */
export const release = (visit: Visit): Effect.Effect<void, never, Storage> =>
  Effect.gen(function*() {
    const { memory } = visit
    memory.held = Quarantine.release(memory.state, memory.held, visit.delivered)
    Memory.assign(memory)
    yield* Memory.rememberBeforeSending(memory)
  })
