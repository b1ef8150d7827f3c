/** What gives way with `thin_older` in an Outbox that is in memory as a whole. */

/** What counts of an Outbox entry. */
interface Entry {
  readonly id: number
  readonly topic: string
}

/** Every second one of its topic, of the first `most` of these. */
const seconds = (
  entries: ReadonlyArray<Entry>,
  most: number,
  isFixed: (id: number) => boolean
): ReadonlyArray<number> => {
  const counts: Record<string, number> = {}
  const found: Array<number> = []
  for (const { id, topic } of entries.slice(0, most)) {
    if (isFixed(id) || topic === "config_status") continue
    const count = counts[topic] ?? 0
    counts[topic] = count + 1
    if (count % 2 === 1) found.push(id)
  }
  return found
}

/**
 * The ids of what gives way until there are no more than `capacity`: every second message of the older half, topic by
 * topic; where there is none, of all but the newest; and where each is the only one of its topic, the oldest. None of
 * those that are fixed, unless all are.
 */
export const thinned = (
  all: ReadonlyArray<Entry>,
  capacity: number,
  isFixed: (id: number) => boolean
): ReadonlyArray<number> => {
  let entries = all
  let gone: ReadonlyArray<number> = []
  while (entries.length > capacity) {
    const older = seconds(entries, (entries.length + 1) >> 1, isFixed)
    const some = older.length > 0 ? older : seconds(entries, entries.length - 1, isFixed)
    const oldest = entries.find(({ id, topic }) => !isFixed(id) && topic !== "config_status") ?? entries[0] as Entry
    const evicted = some.length > 0 ? some : [oldest.id]
    gone = gone.concat(evicted)
    entries = entries.filter(({ id }) => evicted.indexOf(id) < 0)
  }
  return gone
}
