/** What a simulated device has in its Storage. */
import * as Result from "effect/Result"
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Backoff from "../../../domain/delivery/Backoff.ts"
import { flightInPlace } from "../../../domain/delivery/flightInPlace.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import * as Snapshot from "../../../domain/state/Snapshot.ts"
import { configName, snapshotName } from "../../device/files.ts"
import type { StoredState } from "./Wake.ts"

/** Of a simulated world. Milliseconds. */
interface Stored {
  readonly storage: ReadonlyMap<string, Bytes.Bytes>
  readonly now: () => number
  readonly clockOffsetMillis: number
}

/** The configuration that the next wake will use. */
export const effectiveConfig = (storage: Stored["storage"], baked: DeviceConfig): DeviceConfig => {
  const bytes = storage.get(configName)
  const stored = bytes === undefined ? undefined
    : Result.getOrUndefined(Snapshot.decode(bytes)) as DeviceConfig | undefined
  return stored !== undefined && stored.version > baked.version ? stored : baked
}

export const keptBy = (world: Stored, journalEnd: () => number, baked: DeviceConfig): StoredState | undefined => {
  const bytes = world.storage.get(snapshotName)
  const state = bytes === undefined ? undefined : Result.getOrUndefined(DeviceState.decode(bytes))
  if (bytes === undefined || state === undefined) return undefined
  const { reconnect } = effectiveConfig(world.storage, baked).mqtt
  return {
    bytes: Bytes.length(bytes),
    pending: state.outbox.entries.length + (state.journal === 0 ? 0 : Math.max(0, journalEnd() - state.journal)),
    inFlight: state.session.inFlight.length + Math.max(0, (flightInPlace(state.session)?.count ?? 0) - 1),
    attemptCount: state.reconnect.attemptCount,
    acknowledged: state.outbox.lastId - state.outbox.dropped - state.outbox.entries.length,
    dropped: state.outbox.dropped,
    nextTryMillis: Backoff.remainingMillis(reconnect, state.reconnect, world.now() + world.clockOffsetMillis)
  }
}
