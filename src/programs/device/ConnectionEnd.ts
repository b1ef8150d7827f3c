/**
 * What a device learns from a connection that has ended in an unusual way: which message the Server may not take, whether it
 * closes on what comes before its CONNACK, and that it acknowledged what nobody sent. All of it is for the next try.
 *
 * A board keeps it in a file of its own.
 */
import * as Backoff from "../../domain/Backoff.ts"
import { changed } from "../../domain/changed.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Quarantine from "../../domain/Quarantine.ts"
import type { Visit } from "./Visit.ts"
import type { WakeEvent } from "./WakeEvent.ts"

/**
 * Connections in a row to which CONNECT goes alone, once that has helped. Then all goes in one write again: the Server may have
 * been replaced, and one round trip less in each wake is worth a failed try.
 */
export const aloneFor = 24

/** How CONNECT goes the next time. */
const nextConnect = (alone: number, accepted: boolean): number =>
  accepted
    ? alone === 0 || alone >= aloneFor ? 0 : alone + 1
    // As long as it has not helped, both ways in turn.
    : alone === 0 ? 1 : alone === 1 ? 0 : alone

const blamed = (visit: Visit): WakeEvent | undefined => {
  const { delivered, memory, sent } = visit
  const blame = Quarantine.blame(memory.state, sent, delivered)
  if (blame === undefined) return undefined
  memory.state = blame.state
  const { entry, failures, isAbandoned } = blame
  const message = "the message for " + entry.topic
  return isAbandoned
    ? { _tag: "MessageAbandoned", reason: message + ": " + failures + " connections ended on it and the Server took others" }
    : { _tag: "MessageSuspected", failures, reason: message + " was not acknowledged when the connection ended; it goes after the others" }
}

/** Learns, and gives what is worth telling. */
export const learn = (visit: Visit): ReadonlyArray<WakeEvent> => {
  const { accepted, broken, delivered, memory, sent, unexpected } = visit
  const told: Array<WakeEvent> = []
  if (delivered > visit.told) told.push({ _tag: "Delivered", count: delivered - visit.told, owed: Outbox.size(memory.state.outbox) })
  // A Server that takes messages is there, and with each connection less is owed: the tries start over.
  if (delivered > 0 && sent.length > 0) memory.state = changed(memory.state, { reconnect: Backoff.succeeded(memory.state.reconnect) })
  if (unexpected !== undefined) {
    const name = unexpected._tag.toUpperCase()
    told.push({ _tag: "Ignored", reason: name + " for Packet Identifier " + unexpected.packetIdentifier + ", for which nothing waits" })
  }
  if (accepted) {
    const event = blamed(visit)
    if (event !== undefined) told.push(event)
  }
  // A Server that refuses by a return code has read CONNECT.
  if (accepted || broken === undefined) {
    const { connectAlone } = memory.state
    const next = nextConnect(connectAlone, accepted)
    memory.state = changed(memory.state, { connectAlone: next })
    if (connectAlone === 0 && next === 1) {
      told.push({ _tag: "ConnectAlone", reason: "the connection ended before CONNACK; the next CONNECT goes alone, and the rest after CONNACK" })
    }
  }
  return told
}
