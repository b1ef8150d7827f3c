/**
 * What a device keeps in Storage, and how it gets there.
 *
 * If Storage fails, the guarantee is lost but not the reading: the program reports it and continues.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import { effectiveConfig } from "../../domain/config/effectiveConfig.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import { underPrefix, type Wake } from "../../domain/wake/Wake.ts"
import type { Emit } from "../../domain/wake/WakeEvent.ts"
import { Storage } from "../../ports/Storage.ts"
import { configName, snapshotName, unreadableName } from "./files.ts"
import { dateReadings } from "./dateReadings.ts"
import type { Ports } from "./ports.ts"

/** A board's bundle may come without it. */
const dating: typeof dateReadings | undefined = dateReadings

/** What was read, as it lies in Storage and as a value. */
export interface Found {
  readonly bytes: Bytes.Bytes
  readonly value: unknown
}

/**
 * Reads again what could not be read: flash that did not answer once may do so now, and what is not read is overwritten
 * at the end of the wake. What is still unreadable is emitted.
 */
const rereadOrReport = (ports: Ports, what: string, emit: Emit): Found | undefined => {
  const storage = Context.get(ports, Storage)
  const found = storage.read(what)
  let reason
  if (Result.isSuccess(found)) {
    const bytes = found.success
    if (bytes === undefined) return undefined
    const decoded = Snapshot.decode(bytes)
    if (Result.isSuccess(decoded)) return { bytes, value: decoded.success }
    reason = decoded.failure.message
    if (what === snapshotName) storage.write(unreadableName, bytes)
  } else reason = found.failure.message
  emit({ _tag: "MemoryLost", what, reason })
  return undefined
}

/** What is in Storage under a name; undefined: there is nothing, or nothing that can be read, which is emitted. */
export const read = (ports: Ports, name: string, emit: Emit): Found | undefined => {
  const found = Context.get(ports, Storage).read(name)
  if (Result.isSuccess(found)) {
    const bytes = found.success
    if (bytes === undefined) return undefined
    const value = Snapshot.read(bytes)
    if (value !== undefined) return { bytes, value }
  }
  return rereadOrReport(ports, name, emit)
}

/** What was stored was checked before, so a wake only reads it. `now` is the clock in milliseconds. */
export const recall = (ports: Ports, baked: DeviceConfig, now: number, emit: Emit): Wake => {
  const update = read(ports, configName, emit)
  const config = update === undefined ? baked : effectiveConfig(baked, update.value as DeviceConfig)
  const found = read(ports, snapshotName, emit)
  // Without the state nobody knows whether an update has proved itself.
  const unproved = config === baked ? 0 : config.version
  const state = found === undefined ? DeviceState.initial(now, config.mqtt.reconnectStart, unproved)
    : DeviceState.fromSnapshot(found.value)
  return {
    config,
    update: config === baked ? undefined : update?.bytes,
    state: underPrefix(state, config.mqtt.topicDataPrefix),
    stored: found && Snapshot.beginning(found.bytes),
    held: [],
    emit
  }
}

const save = (ports: Ports, wake: Wake, isSending: boolean): void => {
  if (dating !== undefined && isSending) dating(ports, wake)
  const bytes = DeviceState.encode(wake.state, isSending)
  const beginning = Snapshot.beginning(bytes)
  wake.isUnsaved = false
  if (wake.stored !== undefined && Bytes.equals(beginning, wake.stored)) return
  const written = Context.get(ports, Storage).write(snapshotName, bytes)
  if (Result.isSuccess(written)) wake.stored = beginning
  else {
    wake.isUnsaved = true
    wake.emit({ _tag: "NotSaved", reason: written.failure.message })
  }
}

/** Writes the snapshot, if it has changed since it was last written. */
export const remember = (ports: Ports, wake: Wake): void => save(ports, wake, false)

/**
 * Writes the snapshot as it must be before anything is sent, readings with their times. What is then not sent is
 * corrected by `remember`.
 */
export const rememberBeforeSending = (ports: Ports, wake: Wake): void => save(ports, wake, true)
