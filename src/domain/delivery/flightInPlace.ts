/**
 * Messages that are in flight straight from the journal (`domain/wake/InPlace`), as a Session has them: one record for
 * all, whose Packet Identifiers follow one another. So a Session that is lost loses them, too, and a snapshot has them
 * beside the others.
 */
import type { InFlight, Session } from "./Session.ts"

export interface FlightInPlace {
  /** The Packet Identifier of the first. */
  readonly first: number
  readonly count: number
  readonly dup: boolean
}

const isInPlace = ({ entry }: InFlight): boolean => entry < -1

/** Undefined: none is. */
export const flightInPlace = ({ inFlight }: Session): FlightInPlace | undefined => {
  for (const known of inFlight) {
    if (isInPlace(known)) return { first: known.packetIdentifier, count: -1 - known.entry, dup: known.dup }
  }
  return undefined
}

/** What a Session has of so many, of which none was sent yet. */
export const newFlight = (first: number, count: number): InFlight => ({
  packetIdentifier: first,
  entry: -1 - count,
  dup: false
})

/** The Session in which these are in flight from the journal, and no others; a count of 0: none. */
export const withFlightInPlace = (
  { inFlight, lastIdentifier }: Session,
  { count, dup, first }: FlightInPlace
): Session => {
  const others = inFlight.filter((known) => !isInPlace(known))
  return {
    inFlight: count > 0 ? others.concat([{ packetIdentifier: first, entry: -1 - count, dup }]) : others,
    lastIdentifier
  }
}

/** Nothing is in flight from the journal. */
export const noFlight: FlightInPlace = { first: 0, count: 0, dup: false }
