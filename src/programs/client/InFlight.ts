/**
 * What is in flight, by Packet Identifier (MQTT 3.1.1, 2.3.1), in the order of sending, which is the order of redelivery
 * (MQTT-4.6.0-1).
 *
 * The device's Session is a small value that is stored; here windows may be large and every message counts, so this is one
 * Map, which keeps its order: to assign and to take cost the same however much is in flight.
 */

export interface InFlight<A> {
  entries: Map<number, A>
  lastIdentifier: number
}

export const make = <A>(): InFlight<A> => ({ entries: new Map(), lastIdentifier: 0 })

const maximumIdentifier = 65535

/**
 * The identifier that comes next, 1 to 65,535; `undefined` when all are in flight. Goes on from the last, so that a late
 * acknowledgement meets a fresh identifier as seldom as can be.
 */
export const nextIdentifier = <A>({ entries, lastIdentifier }: InFlight<A>): number | undefined => {
  if (entries.size >= maximumIdentifier) return undefined
  let identifier = lastIdentifier
  do identifier = identifier >= maximumIdentifier ? 1 : identifier + 1
  while (entries.has(identifier))
  return identifier
}

/** `identifier` as `nextIdentifier` gave it. */
export const add = <A>(inFlight: InFlight<A>, identifier: number, value: A): void => {
  inFlight.entries.set(identifier, value)
  inFlight.lastIdentifier = identifier
}

/** Gives everything a fresh identifier, in order: who kept the old ones has forgotten them, so none is used again at once. */
export const renumber = <A>(inFlight: InFlight<A>): void => {
  const values = Array.from(inFlight.entries.values())
  inFlight.entries = new Map()
  for (const value of values) add(inFlight, nextIdentifier(inFlight) as number, value)
}
