/**
 * What the events in a Client's store say of its publications, and of the messages that came to it.
 */
import type * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import type { ObservedState } from "./ObservedState.ts"
import * as Payload from "./Payload.ts"

/** The Client is done with a message, so its Packet Identifier is free, whether or not the Server has acknowledged it. */
const release = ({ clients }: ObservedState, client: number, number: number): void => {
  const session = clients.get(client)?.session
  for (const [packetIdentifier, owner] of session ?? []) if (owner === number) session?.delete(packetIdentifier)
}

/** From here on it is another Session. */
const lose = ({ clients, keptTaken }: ObservedState, client: number): void => {
  const owner = clients.get(client)
  keptTaken.clear()
  if (owner === undefined) return
  owner.sessions++
  owner.session.clear()
  if (owner.link !== undefined) owner.link.session = owner.sessions
}

/** These are on the disk. */
export const kept = (facts: ObservedState, client: number, events: ReadonlyArray<DeliveryLog.Event>): void => {
  const { keptTaken, names, now, publications } = facts
  for (const event of events) {
    switch (event._tag) {
      case "Accepted": {
        const publication = publications.get(Payload.number(event.message.payload))
        if (publication === undefined) break
        publication.isKept = true
        names.set(event.number, publication)
        break
      }
      case "Assigned": {
        const publication = names.get(event.number)
        if (publication !== undefined) publication.assignedIn = facts.clients.get(client)?.sessions
        break
      }
      case "Abandoned":
      case "Done": {
        const publication = names.get(event.number)
        if (publication === undefined) break
        if (event._tag === "Abandoned") {
          publication.isGivenUp = true
          break
        }
        publication.doneAt ??= now
        release(facts, client, publication.number)
        break
      }
      case "SessionLost":
        lose(facts, client)
        break
      case "Taken":
        keptTaken.add(event.packetIdentifier)
        break
      case "Freed":
        keptTaken.delete(event.packetIdentifier)
        break
      default:
    }
  }
}

/** A Client has ended: of what it had pulled and not noted, the next one knows nothing. */
export const forgotten = ({ publications }: ObservedState): void => {
  for (const publication of publications.values()) {
    if (publication.isKept && publication.doneAt === undefined && publication.acknowledged === "yes") {
      publication.acknowledged = "may"
    }
  }
}
