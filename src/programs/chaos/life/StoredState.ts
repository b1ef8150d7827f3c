/**
 * What is in the device's flash, as far as the checkers need it.
 */
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import { flightInPlace, noFlight } from "../../../domain/delivery/flightInPlace.ts"
import * as JournalRecord from "../../../domain/delivery/JournalRecord.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import type { Thinned } from "../../../domain/state/Thinned.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Quarantine from "../../../domain/wake/Quarantine.ts"
import * as Snapshot from "../../../domain/state/Snapshot.ts"
import * as files from "../../device/files.ts"
import * as Message from "./Message.ts"

export interface StoredState {
  /** Where the first of what lies in the journal is; 0: nothing does. Of `pending`, what it holds comes last. */
  readonly journal: number
  /** Which of it was thinned out. */
  readonly thinned: Thinned | undefined
  /** The keys of what is pending, oldest first. */
  readonly pending: ReadonlyArray<string>
  /** How many of them are in the snapshot. */
  readonly entries: number
  /** By Packet Identifier: two pending messages may have the same key. */
  readonly inFlight: ReadonlyMap<number, string>
  /** The first of what lies in the journal, which are in flight: the first one's Packet Identifier, and how many. */
  readonly inPlace: readonly [packetIdentifier: number, count: number]
  /** The same by Packet Identifier. */
  readonly inFlightInPlace: ReadonlyMap<number, string>
  readonly attemptCount: number
  /** An update is on probation. */
  readonly isProving: boolean
  /** The keys of the messages that are sent after all others, because connections have ended on them. */
  readonly last: ReadonlyArray<string>
  /** The topics of messages on which connections have ended. */
  readonly suspected: ReadonlyArray<string>
  /** Of the prefix under which all that is in flight was sent. */
  readonly prefix: number
  readonly isBatteryLow: boolean
  /** Seconds between two wakes, as a command has set them; 0: as configured. */
  readonly interval: number
}

export const stateName = files.snapshotName
/** How a write to the journal is seen. */
export const journalName = "journal"
export const configName = files.configName

/** Undefined when it cannot be read. */
export const decode = (bytes: Bytes): StoredState | undefined => {
  const decoded = DeviceState.decode(bytes)
  if (Result.isFailure(decoded)) return undefined
  const { commands, isBatteryLow = false, journal, outbox, prefix, probation, reconnect, session, suspects, thinned } =
    decoded.success
  const keys = new Map(outbox.entries.map(({ id, payload, topic }) => [id, Message.keyOf(topic, payload)]))
  const inFlight = new Map<number, string>()
  for (const { entry, packetIdentifier } of session.inFlight) {
    const key = keys.get(entry)
    if (key !== undefined) inFlight.set(packetIdentifier, key)
  }
  const flight = flightInPlace(session) ?? noFlight
  const last = suspects.flatMap(([entry, failures]) => failures < Quarantine.lastFrom ? [] : keys.get(entry) ?? [])
  const suspected = suspects.flatMap(([entry]) => Message.topic(keys.get(entry) ?? ""))
  return {
    journal,
    thinned,
    pending: [...keys.values()],
    entries: keys.size,
    inFlight,
    inPlace: [flight.first, flight.count],
    inFlightInPlace: new Map(),
    attemptCount: reconnect.attemptCount,
    isProving: probation.version > 0,
    last,
    suspected,
    prefix,
    isBatteryLow,
    interval: commands?.[0] ?? 0
  }
}

/** The key of the message in a record of the journal. */
export const keyOf = (record: Bytes): string => {
  const { payload, topic } = JournalRecord.decode(record)
  return Message.keyOf(topic, payload)
}

/** The same with what lies in the journal, all that is there from a position on. */
export const withJournal = (
  kept: StoredState | undefined,
  records: (from: number, thinned: Thinned | undefined) => ReadonlyArray<Bytes>
): StoredState | undefined => {
  if (kept === undefined || kept.journal === 0) return kept
  const keys = records(kept.journal, kept.thinned).map(keyOf)
  const [first, count] = kept.inPlace
  const inFlightInPlace = new Map(keys.slice(0, count).map((key, index) => [first + index, key]))
  return { ...kept, pending: kept.pending.concat(keys), inFlightInPlace }
}

/** Of messages that a power cut has left in two places, how many there are too many. */
export const doublesIn = (kept: StoredState | undefined): number =>
  kept === undefined ? 0 : kept.pending.length - new Set(kept.pending).size

/** Whether another snapshot was written, and not only a record of the journal. */
export const isOther = (one: StoredState, other: StoredState | undefined): boolean => one.inFlight !== other?.inFlight

/** Whether a stored configuration can be read. */
export const isConfig = (bytes: Bytes): boolean =>
  Result.match(Snapshot.decode(bytes), {
    onFailure: () => false,
    onSuccess: (value) => typeof (value as DeviceConfig).version === "number"
  })
