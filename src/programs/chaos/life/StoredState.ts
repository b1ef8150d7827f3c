/**
 * What the device's flash says, as far as the checkers ask.
 */
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import * as Quarantine from "../../../domain/wake/Quarantine.ts"
import * as Snapshot from "../../../domain/state/Snapshot.ts"
import * as files from "../../device/files.ts"
import * as Message from "./Message.ts"

export interface StoredState {
  /** The keys of what is owed, oldest first, and the Packet Identifiers in use for them. */
  readonly owed: ReadonlyArray<string>
  readonly inFlight: ReadonlyMap<string, number>
  readonly attemptCount: number
  /** An update is on probation. */
  readonly isProving: boolean
  /** The keys of what goes after all others, because connections have ended on it. */
  readonly last: ReadonlyArray<string>
  /** Of the prefix under which all that is in flight was sent. */
  readonly prefix: number
}

export const stateName = files.snapshotName
export const configName = files.configName

/** Undefined when it cannot be read. */
export const decode = (bytes: Bytes): StoredState | undefined => {
  const decoded = DeviceState.decode(bytes)
  if (Result.isFailure(decoded)) return undefined
  const { outbox, prefix, probation, reconnect, session, suspects } = decoded.success
  const keys = new Map(outbox.entries.map(({ id, payload, topic }) => [id, Message.keyOf(topic, payload)]))
  const inFlight = new Map<string, number>()
  for (const { entry, packetIdentifier } of session.inFlight) {
    const key = keys.get(entry)
    if (key !== undefined) inFlight.set(key, packetIdentifier)
  }
  const last = suspects.flatMap(([entry, failures]) => failures < Quarantine.lastFrom ? [] : keys.get(entry) ?? [])
  return {
    owed: [...keys.values()],
    inFlight,
    attemptCount: reconnect.attemptCount,
    isProving: probation.version > 0,
    last,
    prefix
  }
}

/** Whether a stored configuration can be read. */
export const isConfig = (bytes: Bytes): boolean =>
  Result.match(Snapshot.decode(bytes), {
    onFailure: () => false,
    onSuccess: (value) => typeof (value as DeviceConfig).version === "number"
  })
