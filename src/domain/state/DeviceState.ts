/**
 * The one snapshot kept across deep sleep: what we owe, what is in flight, where the reconnect policy stands, which
 * configuration was seen.
 */
import * as Result from "effect/Result"
import type { ReconnectStart } from "../config/DeviceConfig.ts"
import { overtaken } from "./overtaken.ts"
import { patch } from "./patch.ts"
import * as BatteryLow from "./BatteryLow.ts"
import type { DeviceState } from "./DeviceStateFields.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Bytes from "../bytes/Bytes.ts"
import { clockOf, withClock } from "./keptClock.ts"
import { upgraded } from "./OlderSnapshot.ts"
import * as Commands from "./Commands.ts"
import * as LastError from "./LastError.ts"
import * as Selection from "./Selection.ts"
import * as ServerChoice from "./ServerChoice.ts"
import * as Session from "../delivery/Session.ts"
import * as Snapshot from "./Snapshot.ts"
import type { Content } from "./SnapshotContent.ts"
import * as Thinned from "./Thinned.ts"

export type { DeviceState, Review, Suspect } from "./DeviceStateFields.ts"
export type { Content } from "./SnapshotContent.ts"

/** A board's bundle may come without them. */
const kept: typeof withClock | undefined = withClock
const recalled: typeof clockOf | undefined = clockOf

/** A device's first wake, at `now` milliseconds. The configuration may carry a reconnect state to start from. */
export const initial = (now: number, start: ReconnectStart, version = 0): DeviceState => ({
  outbox: Outbox.empty,
  journal: 0,
  journaled: 0,
  session: Session.empty,
  reconnect: { attemptCount: start.attemptCount, lastAttemptTime: start.lastAttemptTime * 1000, draw: 0 },
  startedAt: now,
  readAt: {},
  refusedUpdate: 0,
  probation: { version, wakes: 0 },
  rolledBack: 0,
  suspects: [],
  connectAlone: 0,
  prefix: 0,
  unfinished: 0,
  review: [0, 0]
})

/** How many messages are pending. */
export const pending = (state: DeviceState): number => state.outbox.entries.length + state.journaled

/** Made when it is needed: a board would hold it for as long as it is awake. */
export const noProbation = (): DeviceState["probation"] => ({ version: 0, wakes: 0 })

/** Owes one more message. An entry that is evicted for it also gives back its Packet Identifier (`Session.release`). */
export const enqueue = (
  state: DeviceState,
  message: Outbox.Message,
  policy: Outbox.Policy
): { readonly state: DeviceState; readonly dropped: ReadonlyArray<Outbox.Entry> } => {
  const appended = Outbox.append(state.outbox, message, Thinned.isKept
    ? { capacity: policy.capacity, whenFull: policy.whenFull, isFixed: (id) => Session.isInFlight(state.session, id) }
    : policy)
  let session = state.session
  for (const entry of appended.dropped) session = Session.release(session, entry.id)
  return { state: patch(overtaken(state), { outbox: appended.outbox, session }), dropped: appended.dropped }
}

/** Gives the oldest pending messages their Packet Identifiers, until `window` are in flight, but for those `held` back. */
export const assign = (state: DeviceState, window: number, held: ReadonlyArray<number>): DeviceState => {
  const session = Session.assign(state.session, state.outbox.entries, window, held)
  return session === state.session ? state : patch(state, { session })
}

/** A PUBLISH has been acknowledged (`Session.acknowledge`): its entry leaves the Outbox. */
export const delivered = (state: DeviceState, { entry, session }: Session.Acknowledged): DeviceState =>
  patch(state, { session, outbox: Outbox.remove(state.outbox, entry) })

/** What is only there at times is set when it is. */
type Writable = { -readonly [Key in keyof Content]: Content[Key] }

type EntryRow = Content["e"][number]
type FlightRow = Content["f"][number]

/**
 * The snapshot of a state. What must be remembered before anything is sent `isSending`: after a power cut nobody can
 * say what was, so all counts as sent.
 */
export const encode = (state: DeviceState, isSending?: boolean): Bytes.Bytes => {
  const { outbox, probation, reconnect, session } = state
  const e: Array<EntryRow> = []
  for (const { id, payload, topic } of outbox.entries) e.push([id, topic, payload])
  const f: Array<FlightRow> = []
  // What was borrowed for a SUBSCRIBE ends with the connection.
  for (const { dup, entry, packetIdentifier } of session.inFlight) {
    if (entry > 0 || entry < -1) f.push([packetIdentifier, entry, isSending || dup ? 1 : 0])
  }
  const snapshot: Writable = {
    e,
    o: [outbox.lastId, outbox.dropped, state.journal],
    f,
    i: session.lastIdentifier,
    b: [reconnect.attemptCount, reconnect.lastAttemptTime, reconnect.draw],
    t: state.startedAt,
    r: state.readAt,
    c: state.refusedUpdate,
    p: [probation.version, probation.wakes, state.rolledBack],
    s: [state.prefix, state.connectAlone, state.unfinished + (isSending ? 1 : 0), state.review, state.suspects]
  }
  if (Selection.isKept && state.selection !== undefined) snapshot.n = state.selection
  if (LastError.isKept && state.lastError) snapshot.l = state.lastError
  if (BatteryLow.isKept && state.isBatteryLow) snapshot.v = 1
  // Of a sheet whose messages are all delivered nobody asks.
  if (Thinned.isKept && Thinned.isNeeded(state)) snapshot.h = state.thinned
  if (Commands.isKept && state.commands !== undefined) snapshot.k = state.commands
  if (ServerChoice.isKept && state.servers !== undefined) snapshot.srv = state.servers
  return Snapshot.encode(kept === undefined ? snapshot : kept(snapshot, state))
}

/** The state in a snapshot that `Snapshot.decode` has read. */
export const fromSnapshot = (value: unknown): DeviceState => {
  const snapshot = (value as Content).s ? value as Content : upgraded(value)
  const { b, o, p, s } = snapshot
  const entries = snapshot.e.map(([id, topic, payload]): Outbox.Entry => ({ id, topic, payload }))
  const inFlight = snapshot.f.map(([packetIdentifier, entry, dup]) => ({ packetIdentifier, entry, dup: dup === 1 }))
  const state: DeviceState = {
    outbox: { entries, lastId: o[0], dropped: o[1] },
    journal: o[2] || 0,
    journaled: 0,
    session: { inFlight, lastIdentifier: snapshot.i },
    reconnect: { attemptCount: b[0], lastAttemptTime: b[1], draw: b[2] },
    startedAt: snapshot.t,
    readAt: snapshot.r,
    refusedUpdate: snapshot.c,
    probation: { version: p[0], wakes: p[1] },
    rolledBack: p[2],
    prefix: s[0],
    connectAlone: s[1],
    unfinished: s[2],
    review: s[3],
    suspects: s[4]
  }
  const clocked = recalled === undefined ? state : recalled(state, snapshot)
  const selecting = Selection.isKept && snapshot.n !== undefined ? patch(clocked, { selection: snapshot.n }) : clocked
  const failing = LastError.isKept && snapshot.l !== undefined ? patch(selecting, { lastError: snapshot.l }) : selecting
  const told = Commands.isKept && snapshot.k !== undefined ? patch(failing, { commands: snapshot.k }) : failing
  const thinning = Thinned.isKept && snapshot.h !== undefined ? patch(told, { thinned: snapshot.h }) : told
  const choosing = ServerChoice.isKept && snapshot.srv !== undefined ? patch(thinning, { servers: snapshot.srv })
    : thinning
  return BatteryLow.isKept && snapshot.v !== undefined ? patch(choosing, { isBatteryLow: true }) : choosing
}

/** The inverse of `encode`. */
export const decode = (bytes: Bytes.Bytes): Result.Result<DeviceState, Snapshot.UnreadableSnapshot> =>
  Result.map(Snapshot.decode(bytes), fromSnapshot)
