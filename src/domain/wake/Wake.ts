/**
 * What a device knows while it is awake: the configuration in use and the DeviceState, as they were read from Storage.
 *
 * One fiber owns it, so its state is a field, which the plain functions of this folder set to one value after another.
 * None of them waits: time, chance and the content of Storage are arguments.
 */
import * as Backoff from "../delivery/Backoff.ts"
import { patch } from "../state/patch.ts"
import { crc32 } from "../bytes/Crc32.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { type Entry, maxEntries } from "../delivery/Outbox.ts"
import type { ServerChoice } from "../state/ServerChoice.ts"
import * as Session from "../delivery/Session.ts"
import type { Stay } from "./CommandFields.ts"
import type { Emit } from "./WakeEvent.ts"

/** What was said on a connection of messages that are sent straight from the journal (`InPlace`). */
export interface InPlace {
  /** They were written before this position; undefined: none was. */
  written?: number
  /** All of them were. */
  isWritten?: boolean
  /** Why the next of them could not be read, which is still to be settled. */
  unread?: "damaged" | "failing" | undefined
  /** Packet Identifiers of the acknowledgements that came for them, which are still to be taken. */
  readonly acknowledged: Array<number>
  /** Positions of what was acknowledged, though others before it were not. */
  early: ReadonlyArray<number>
}

export interface Battery {
  readonly volts: number
  /** 0 to 100. */
  readonly percent: number
  /** It has become low in this wake. */
  readonly isNews?: boolean
}

export interface Wake {
  config: DeviceConfig
  /** The same without what a command has set; undefined: no command has set anything. */
  configured?: DeviceConfig
  /** A device that would sleep stays awake. */
  stay?: Stay | undefined
  /** A command asks for it. */
  isRestarting?: boolean
  /** When the sensors were read last, of a device that stayed awake: milliseconds of the clock as it was when the wake began. */
  measuredAt?: number
  /**
   * The stored update that is in use, as it is in Storage; undefined: the configuration flashed with the program is in
   * use.
   */
  readonly update: Bytes.Bytes | undefined
  state: DeviceState.DeviceState
  /**
   * The beginning of what is in Storage (`Snapshot.beginning`). Flash wears out, so an unchanged snapshot is not
   * written again. Not the whole snapshot: with a full Outbox it takes 400 of a board's variables.
   */
  stored: Bytes.Bytes | undefined
  /** The last write failed: Storage does not have what is known here. */
  isUnsaved?: boolean
  /** All of this wake is in Storage already (`seldom`): it need not be looked at again before the device sleeps. */
  isRemembered?: boolean
  /** Outbox entries that are not sent now (`Held`). */
  held: ReadonlyArray<number>
  /** The last Outbox entry that has its place, where the journal is not empty: what is newer goes to its end. */
  placed?: number
  /** When sensors were read, and what the clock showed then, as Storage and the journal have it (`Journaled`). */
  kept?: Pick<DeviceState.DeviceState, "readAt" | "clock">
  /** New messages that are waiting for room in the journal (`makeRoom`). */
  unplaced?: ReadonlyArray<Entry> | undefined
  /** No room can be made, because the journal cannot be read. */
  isStuck?: boolean
  /** What is in the journal waits for another wake, or another connection. */
  isResting?: boolean
  /** When that begins, in milliseconds of the device's clock as it was when the wake began: a wake ends. Undefined: nothing was taken out of it. */
  restsAt?: number | undefined
  /** What lies in the journal from this position on was sent on this connection, and waits for another. */
  restsBefore?: number | undefined
  /** What is sent straight from the journal on this connection; undefined: nothing is. */
  inPlace?: InPlace | undefined
  /** An update was stored during this wake: it is used from the next one, and no other is asked for. */
  isReplaced?: boolean
  /** By how much the clock was set ahead since the wake began, in milliseconds. */
  clockMoved?: number
  /** Which of several Servers the present try is for, and what was remembered of them before it. */
  server?: { readonly place: number; readonly before: ServerChoice }
  readonly emit: Emit
  /** When the wake began, and its radio was turned on, in milliseconds. Only with `publish_status`. */
  readonly wokeAt?: number
  radioOnAt?: number
  /** What the battery had when it was last measured. Only where the configuration names one. */
  battery?: Battery
}

/**
 * PUBLISH packets in flight at once: all that may be in the Outbox. Servers accept more of them before they have
 * accepted a CONNECT.
 */
export const window = maxEntries

/** The same if the last wakes did not finish with that number. */
const smallWindow = 4

/** The last two wakes ended while they were sending: this one sends fewer. */
export const isCareful = ({ state }: Pick<Wake, "state">): boolean => state.unfinished > 1

/** Always on: what could be read of the journal, and had its time, has more of it. */
export const goOn = (wake: Pick<Wake, "isResting" | "restsAt">): void => {
  if (wake.isResting && wake.restsAt !== 0) readAgain(wake)
}

/** The journal is read again, also where it could not be (`refill`): that is tried with every reading, not all the time. */
export const readAgain = (wake: Pick<Wake, "isResting" | "restsAt">): void => {
  wake.isResting = false
  wake.restsAt = undefined
}

/** Gives the messages that are sent next their Packet Identifiers. */
export const assign = (wake: Pick<Wake, "state" | "held">): void => {
  wake.state = DeviceState.assign(wake.state, isCareful(wake) ? smallWindow : window, wake.held)
}

/** Under another prefix a message is another message: it gets a new Packet Identifier and DUP 0 like a new one. */
export const underPrefix = (state: DeviceState.DeviceState, topicDataPrefix: string): DeviceState.DeviceState => {
  const prefix = crc32(Bytes.fromText(topicDataPrefix))
  return prefix === state.prefix ? state : patch(state, { prefix, session: Session.lost(state.session) })
}

/**
 * A try begins at `now`, in milliseconds, and counts from then on. `last` is what is known of the one before, `draw` a
 * random number, 0 to 1.
 */
export const beginTry = (wake: Pick<Wake, "state">, now: number, last: Backoff.State, draw: number): void => {
  wake.state = patch(wake.state, { reconnect: Backoff.begun(last, now, draw) })
}
