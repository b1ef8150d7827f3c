/**
 * What is in flight, by Packet Identifier (MQTT 3.1.1, 2.3.1).
 *
 * The device's Session is a small value that is stored; here windows may be large and every message counts. So
 * identifiers are used in turn from a small range, which doubles when half of it is taken, and an array has what each
 * of them stands for: assigning and taking cost the same however much is in flight, and nothing is allocated. (A Map
 * whose entries change that fast is quick itself, but its old tables keep the entries from the garbage collector.)
 */

export interface Entry {
  /** Its place in the order of sending, which is the order of redelivery (MQTT-4.6.0-1). Set when it is added. */
  order: number
}

export interface InFlight<A extends Entry> {
  /** The index is the identifier; the first is never used. */
  slots: Array<A | undefined>
  size: number
  lastIdentifier: number
  lastOrder: number
}

const firstSlots = 1024
const maxSlots = 65_536

const emptySlots = <A>(length: number): Array<A | undefined> => Array<A | undefined>(length).fill(undefined)

export const make = <A extends Entry>(): InFlight<A> => ({
  slots: emptySlots(firstSlots),
  size: 0,
  lastIdentifier: 0,
  lastOrder: 0
})

/**
 * The next identifier, 1 to 65,535; `undefined` if all are in flight. It continues after the last one, so that a late
 * acknowledgement seldom meets an identifier that is in use again.
 */
export const nextIdentifier = <A extends Entry>(inFlight: InFlight<A>): number | undefined => {
  if (2 * inFlight.size >= inFlight.slots.length && inFlight.slots.length < maxSlots) {
    inFlight.slots = inFlight.slots.concat(emptySlots(inFlight.slots.length))
  }
  const { lastIdentifier, size, slots } = inFlight
  if (size >= slots.length - 1) return undefined
  let identifier = lastIdentifier
  do identifier = identifier + 1 < slots.length ? identifier + 1 : 1
  while (slots[identifier] !== undefined)
  return identifier
}

/** `identifier` as `nextIdentifier` gave it. */
export const add = <A extends Entry>(inFlight: InFlight<A>, identifier: number, entry: A): void => {
  inFlight.slots[identifier] = entry
  inFlight.size++
  inFlight.lastIdentifier = identifier
  entry.order = inFlight.lastOrder++
}

/** The same with an identifier of an earlier program. */
export const place = <A extends Entry>(inFlight: InFlight<A>, identifier: number, entry: A): void => {
  while (identifier >= inFlight.slots.length || 2 * inFlight.size >= inFlight.slots.length) {
    inFlight.slots = inFlight.slots.concat(emptySlots(inFlight.slots.length))
  }
  add(inFlight, identifier, entry)
}

export const get = <A extends Entry>(inFlight: InFlight<A>, identifier: number): A | undefined =>
  inFlight.slots[identifier]

/** What `get` has given. */
export const remove = <A extends Entry>(inFlight: InFlight<A>, identifier: number): void => {
  inFlight.slots[identifier] = undefined
  inFlight.size--
}

/** Identifiers and what they stand for, in the order of sending. */
export const all = <A extends Entry>(
  { slots }: InFlight<A>
): ReadonlyArray<readonly [identifier: number, entry: A]> => {
  const found: Array<readonly [number, A]> = []
  slots.forEach((entry, identifier) => {
    if (entry !== undefined) found.push([identifier, entry])
  })
  return found.sort(([, a], [, b]) => a.order - b.order)
}

/** Gives everything a new identifier, in order: the Server has forgotten the old ones. */
export const renumber = <A extends Entry>(inFlight: InFlight<A>): void => {
  const entries = all(inFlight)
  inFlight.slots = emptySlots(inFlight.slots.length)
  inFlight.size = 0
  for (const [, entry] of entries) add(inFlight, nextIdentifier(inFlight) as number, entry)
}
