/** All else is acknowledged, so what is next comes out of the journal (`Backlog`). */
import * as Outbox from "../delivery/Outbox.ts"
import type { Reader } from "../state/Journal.ts"
import { few, rests, take } from "./Backlog.ts"
import * as Held from "./Held.ts"
import type { Wake } from "./Wake.ts"

/** As many as there is room for come out of the journal. False: no more come in this wake. */
const fill = (wake: Wake, journal: Reader): boolean => {
  const { lastId } = wake.state.outbox
  let isRead = true
  for (let isFirst = true; isRead; isFirst = false) {
    const left = (wake.restsBefore ?? Infinity) - wake.state.journal
    // Beside what is held back, so that the others pass.
    const room = Outbox.maxEntries * (wake.held.length > 0 ? 2 : 1) - Outbox.size(wake.state.outbox)
    if (wake.state.journal === 0 || left <= 0 || room <= 0) {
      // What nothing holds back any more goes first, and then more comes.
      const isFull = room <= 0 && wake.held.length === 0
      if (isFirst && !isFull) wake.isResting = true
      break
    }
    isRead = take(wake, Math.min(left, room, few), journal)
  }
  // Where only messages are held back, and no topics, others of their topic pass. Also what came before a read failed.
  const { suspects } = wake.state
  const isTopic = wake.held.some((id) => !suspects.some(([entry, failures]) => entry === id && failures > 1))
  if (isTopic) Held.follow(wake, lastId)
  return isRead
}

/** The Outbox is filled at `now`, in milliseconds, and is to be remembered. */
export const refill = (wake: Wake, now: number, journal: Reader): void => {
  if (wake.state.journal > 0 && !rests(wake, now) && !fill(wake, journal)) {
    wake.isResting = true
    wake.restsAt = 0
  }
  wake.placed = wake.state.outbox.lastId
}
