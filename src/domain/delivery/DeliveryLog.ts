/**
 * What a Client keeps beyond its process, as events that are appended to a log: the messages that are owed, what their
 * handshakes have come to, and the Packet Identifiers of the messages with QoS 2 that somebody has.
 *
 * Nothing is sent before the events that led to it are in the log. So after a kill a message is sent again as what it
 * was, with its Packet Identifier: at most what the Server has said since the last write is missing, and it says that
 * again.
 */
import type { ApplicationMessage } from "../packet/ApplicationMessage.ts"
import type * as PropertyTable from "../packet/v5/PropertyTable.ts"
import * as Handshake from "./Handshake.ts"

/** A message that is owed; with MQTT 5 with its properties. */
export interface Message extends ApplicationMessage<1 | 2> {
  readonly properties?: PropertyTable.Properties<"PUBLISH"> | undefined
  /** When its Message Expiry Interval is over, in milliseconds since 1970; undefined: never. */
  readonly expiresAt?: number | undefined
}

export type Event =
  | { readonly _tag: "Accepted"; readonly number: number; readonly message: Message }
  | {
    readonly _tag: "Assigned"
    readonly number: number
    readonly packetIdentifier: number
    readonly qos: 1 | 2
  }
  | { readonly _tag: "Released" | "Abandoned" | "Done"; readonly number: number }
  | { readonly _tag: "Blamed"; readonly number: number; readonly losses: number; readonly strikes: number }
  | { readonly _tag: "Taken" | "Freed"; readonly packetIdentifier: number }
  | { readonly _tag: "SessionLost" }

/** A message that is owed, and what its handshake has come to. */
export interface Pending {
  readonly number: number
  readonly message: Message
  /** Undefined: it was never sent in this Session. */
  packetIdentifier: number | undefined
  awaited: Handshake.Awaited
  /** Only its Packet Identifier is to be freed. */
  isAbandoned: boolean
  /** Connections that the Server has closed on it, and those of them on which it was sent alone. */
  losses: number
  strikes: number
  /** Its place among those that were sent, and among those that have had their PUBREC. */
  assignedAt: number
  releasedAt: number
}

/** All that counts. A record that belongs to its Client and not a value: there may be many messages. */
export interface State {
  clientId: string
  readonly pending: Map<number, Pending>
  readonly taken: Set<number>
  lastNumber: number
  /** Events so far. */
  count: number
}

export const make = (clientId: string): State => ({
  clientId,
  pending: new Map(),
  taken: new Set(),
  lastNumber: 0,
  count: 0
})

const lose = (state: State): void => {
  for (const pending of state.pending.values()) {
    if (pending.isAbandoned) state.pending.delete(pending.number)
    pending.packetIdentifier = undefined
    pending.awaited = Handshake.restarted(pending.awaited)
  }
  state.taken.clear()
}

const release = (state: State, number: number, isAbandoned: boolean): void => {
  const pending = state.pending.get(number)
  // What was not sent in this Session has no Packet Identifier to be freed.
  if (pending?.packetIdentifier === undefined) return
  pending.awaited = "PUBCOMP"
  pending.releasedAt = state.count
  pending.isAbandoned = isAbandoned
}

/** Takes in what has happened. */
export const apply = (state: State, event: Event): void => {
  state.count++
  switch (event._tag) {
    case "Accepted": {
      const { message, number } = event
      const awaited = Handshake.begin(message.qos)
      state.pending.set(number, {
        number,
        message,
        packetIdentifier: undefined,
        awaited,
        isAbandoned: false,
        losses: 0,
        strikes: 0,
        assignedAt: 0,
        releasedAt: 0
      })
      state.lastNumber = Math.max(state.lastNumber, number)
      return
    }
    case "Assigned": {
      const pending = state.pending.get(event.number)
      if (pending === undefined) return
      pending.packetIdentifier = event.packetIdentifier
      pending.awaited = Handshake.begin(event.qos)
      pending.assignedAt = state.count
      return
    }
    case "Released":
    case "Abandoned":
      return release(state, event.number, event._tag === "Abandoned")
    case "Blamed": {
      const pending = state.pending.get(event.number)
      if (pending !== undefined) Object.assign(pending, { losses: event.losses, strikes: event.strikes })
      return
    }
    case "Done":
      return void state.pending.delete(event.number)
    case "Taken":
      return void state.taken.add(event.packetIdentifier)
    case "Freed":
      return void state.taken.delete(event.packetIdentifier)
    case "SessionLost":
      return lose(state)
  }
}

/** Those that were sent in this Session, in the order of sending. */
export const inFlight = ({ pending }: State): ReadonlyArray<Pending> =>
  Array.from(pending.values()).filter(({ packetIdentifier }) => packetIdentifier !== undefined)
    .sort((a, b) => a.assignedAt - b.assignedAt)

/** Those of them that wait for PUBCOMP, in the order of their PUBRECs. */
export const released = (state: State): ReadonlyArray<Pending> =>
  inFlight(state).filter(({ awaited }) => awaited === "PUBCOMP").sort((a, b) => a.releasedAt - b.releasedAt)
