/**
 * The one snapshot kept across deep sleep: what we owe, what is in flight, where the reconnect policy stands, which
 * configuration was seen.
 *
 * Encoded as `dormouse-1 <CRC-32 of the rest> <JSON>`: readable by a person, and whatever else is read back from the
 * flash (a torn write, rot, another program's file) is refused instead of believed.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import type { ApplicationMessage } from "./ApplicationMessage.ts"
import * as Backoff from "./Backoff.ts"
import { crc32 } from "./Crc32.ts"
import type { OutboxPolicy, ReconnectStart } from "./DeviceConfig.ts"
import * as Outbox from "./Outbox.ts"
import * as Bytes from "./packet/Bytes.ts"
import * as Session from "./Session.ts"
import type { TopicName } from "./Topic.ts"

export interface DeviceState {
  readonly outbox: Outbox.Outbox
  readonly session: Session.Session
  readonly reconnect: Backoff.State
  /** The clock, in milliseconds, at the device's first wake; `uptime` counts from it. */
  readonly startedAt: number
  /** Sensor id -> the clock, in milliseconds, at its last reading. Only of sensors with an interval of their own. */
  readonly readAt: Readonly<Record<string, number>>
  /** CRC-32 of the configuration update that was last refused, so that it is reported once; 0: none. */
  readonly refusedUpdate: number
}

/** The stored snapshot cannot be believed. `message` says why. */
export class UnreadableState extends Data.TaggedError("UnreadableState")<{
  readonly message: string
}> {}

/** A device's first wake, at `now` milliseconds. The configuration may carry a reconnect state to start from. */
export const initial = (now: number, start: ReconnectStart): DeviceState => ({
  outbox: Outbox.empty,
  session: Session.empty,
  reconnect: { attemptCount: start.attemptCount, lastAttemptTime: start.lastAttemptTime * 1000, draw: 0 },
  startedAt: now,
  readAt: {},
  refusedUpdate: 0
})

/** Owes one more message. An entry that gives way for it also gives back its Packet Identifier. */
export const owe = (
  state: DeviceState,
  message: ApplicationMessage,
  policy: OutboxPolicy
): { readonly state: DeviceState; readonly dropped: ReadonlyArray<Outbox.Entry> } => {
  const appended = Outbox.append(state.outbox, message, policy)
  let session = state.session
  for (const entry of appended.dropped) session = Session.forget(session, entry.id)
  return { state: { ...state, outbox: appended.outbox, session }, dropped: appended.dropped }
}

const magic = "dormouse-1 "
const crcDigits = 8

const hex = (value: number): string => ("0000000" + value.toString(16)).slice(-crcDigits)

type EntryRow = readonly [id: number, topic: string, payload: string, qos: 0 | 1, retain: 0 | 1]

interface Snapshot {
  readonly e: ReadonlyArray<EntryRow>
  readonly o: readonly [lastId: number, dropped: number]
  readonly f: ReadonlyArray<readonly [packetIdentifier: number, entry: number]>
  readonly i: number
  readonly b: readonly [attemptCount: number, lastAttemptTime: number, draw: number]
  readonly t: number
  readonly r: Readonly<Record<string, number>>
  readonly c: number
}

export const encode = (state: DeviceState): Bytes.Bytes => {
  const snapshot: Snapshot = {
    e: state.outbox.entries.map(({ id, message }): EntryRow => [
      id,
      message.topic,
      Bytes.toBinary(message.payload),
      message.qos,
      message.retain ? 1 : 0
    ]),
    o: [state.outbox.lastId, state.outbox.dropped],
    f: state.session.inFlight.map((known) => [known.packetIdentifier, known.entry] as const),
    i: state.session.lastIdentifier,
    b: [state.reconnect.attemptCount, state.reconnect.lastAttemptTime, state.reconnect.draw],
    t: state.startedAt,
    r: state.readAt,
    c: state.refusedUpdate
  }
  const json = Bytes.fromText(JSON.stringify(snapshot))
  return Bytes.concat([Bytes.fromText(magic + hex(crc32(json)) + " "), json])
}

const entryOf = ([id, topic, payload, qos, retain]: EntryRow): Outbox.Entry => ({
  id,
  message: { topic: topic as TopicName, payload: Bytes.fromBinary(payload), qos, retain: retain === 1 }
})

const fromSnapshot = (snapshot: Snapshot): DeviceState => ({
  outbox: { entries: snapshot.e.map(entryOf), lastId: snapshot.o[0], dropped: snapshot.o[1] },
  session: {
    inFlight: snapshot.f.map(([packetIdentifier, entry]) => ({ packetIdentifier, entry })),
    lastIdentifier: snapshot.i
  },
  reconnect: { attemptCount: snapshot.b[0], lastAttemptTime: snapshot.b[1], draw: snapshot.b[2] },
  startedAt: snapshot.t,
  readAt: snapshot.r,
  refusedUpdate: snapshot.c
})

const unreadable = (message: string) => Result.fail(new UnreadableState({ message }))

/**
 * The inverse of `encode`. Behind a right checksum and version stands our own encoding, so no more is checked than that
 * it can be read at all.
 */
export const decode = (bytes: Bytes.Bytes): Result.Result<DeviceState, UnreadableState> => {
  const headLength = magic.length + crcDigits + 1
  if (Bytes.length(bytes) < headLength) return unreadable("it is cut short")
  const head = Bytes.toBinary(Bytes.slice(bytes, 0, headLength))
  if (head.slice(0, magic.length) !== magic) return unreadable("it is not a snapshot of this version (" + magic.trim() + ")")
  const json = Bytes.slice(bytes, headLength, Bytes.length(bytes))
  if (head.slice(magic.length) !== hex(crc32(json)) + " ") return unreadable("its checksum does not match")
  try {
    return Result.succeed(fromSnapshot(JSON.parse(Bytes.toText(json)) as Snapshot))
  } catch {
    return unreadable("its content cannot be read")
  }
}
