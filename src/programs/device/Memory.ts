/**
 * What a device knows while it is awake: the configuration in force and the DeviceState, recalled from Storage and
 * remembered there. One fiber owns it, so its state is a field that is set, to one value after another.
 *
 * Storage that fails costs the guarantee, never the reading: the program says so and goes on.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Backoff from "../../domain/Backoff.ts"
import { changed } from "../../domain/changed.ts"
import { crc32 } from "../../domain/Crc32.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import { inForce } from "../../domain/inForce.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import * as Session from "../../domain/Session.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import { Storage } from "../../ports/Storage.ts"
import { configName, snapshotName } from "./files.ts"
import * as Lost from "./Lost.ts"
import { tell } from "./WakeEvent.ts"

export { configName, snapshotName }

export interface Memory {
  readonly config: DeviceConfig
  /** The stored update that is in force, as it lies in Storage; undefined: the configuration flashed with the program is. */
  readonly update: Bytes.Bytes | undefined
  state: DeviceState.DeviceState
  /**
   * The beginning of what Storage holds (`Snapshot.beginning`). Flash wears out, so an unchanged snapshot is not written again.
   * Not the whole of it: of a full Outbox that is 400 of a board's variables.
   */
  stored: Bytes.Bytes | undefined
  /** The last write failed: what Storage holds is not what is known here. */
  isUnsaved?: boolean
  /** Outbox entries that do not go out now (`Held`). */
  held: ReadonlyArray<number>
  /** An update was stored since the wake began: it counts from the next one, and no other is asked for. */
  isReplaced?: boolean
}

/** What Storage holds under a name, and its bytes; undefined when there is nothing, or nothing that can be read, which is told. */
export const read = (what: string) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const found = yield* Effect.result(storage.read(what))
    if (Result.isSuccess(found)) {
      const bytes = found.success
      if (bytes === undefined) return undefined
      const value = Snapshot.read(bytes)
      if (value !== undefined) return { bytes, value }
    }
    return yield* Lost.readAgain(what)
  })

/**
 * PUBLISH packets in flight at once: as many as a board has memory for beside all else that it may hold. Servers take more of them
 * before they have accepted a CONNECT.
 */
export const window = 10

/** The same where the last wakes did not get through with it. */
const smallWindow = 4

/** The last two wakes ended while they were sending: this one does with less. */
export const isCareful = ({ state }: Memory): boolean => state.unfinished > 1

/** Gives what is to be sent next its Packet Identifiers. */
export const assign = (memory: Memory): void => {
  memory.state = DeviceState.assign(memory.state, isCareful(memory) ? smallWindow : window, memory.held)
}

/** What was stored was checked before, so a wake only reads it. `now` is the clock in milliseconds. */
export const recall = (baked: DeviceConfig, now: number): Effect.Effect<Memory, never, Storage> =>
  Effect.gen(function*() {
    const update = yield* read(configName)
    const config = update === undefined ? baked : inForce(baked, update.value as DeviceConfig)
    const found = yield* read(snapshotName)
    // With the state is lost whether an update has proved itself.
    const unproved = config === baked ? 0 : config.version
    const state = found === undefined ? DeviceState.initial(now, config.mqtt.reconnectStart, unproved) : DeviceState.fromSnapshot(found.value)
    return {
      config,
      update: config === baked ? undefined : update?.bytes,
      state: underPrefix(state, config.mqtt.topicDataPrefix),
      stored: found && Snapshot.beginning(found.bytes),
      held: []
    }
  })

/** Sent again under another prefix a message is another message: it gets a Packet Identifier and DUP 0 like a new one. */
export const underPrefix = (state: DeviceState.DeviceState, topicDataPrefix: string): DeviceState.DeviceState => {
  const prefix = crc32(Bytes.fromText(topicDataPrefix))
  return prefix === state.prefix ? state : changed(state, { prefix, session: Session.lost(state.session) })
}

const save = (memory: Memory, isSending: boolean) =>
  Effect.gen(function*() {
    const bytes = DeviceState.encode(memory.state, isSending)
    const beginning = Snapshot.beginning(bytes)
    memory.isUnsaved = false
    if (memory.stored !== undefined && Bytes.equals(beginning, memory.stored)) return
    const storage = yield* Storage
    const written = yield* Effect.result(storage.write(snapshotName, bytes))
    if (Result.isSuccess(written)) memory.stored = beginning
    else {
      memory.isUnsaved = true
      yield* tell({ _tag: "NotSaved", reason: written.failure.message })
    }
  })

/** Writes the snapshot, if it has changed since it was last written. */
export const remember = (memory: Memory): Effect.Effect<void, never, Storage> => save(memory, false)

/** Writes the snapshot as it must be before anything is sent. What is then not sent is put right by `remember`. */
export const rememberBeforeSending = (memory: Memory): Effect.Effect<void, never, Storage> => save(memory, true)

/** A try begins at `now`, in milliseconds, and counts from then on; `last` is what is known of the one before. */
export const beginTry = (memory: Memory, now: number, last: Backoff.State): Effect.Effect<void> =>
  Effect.gen(function*() {
    const draw = memory.config.mqtt.reconnect.jitter > 0 ? yield* Random.next : 0
    memory.state = changed(memory.state, { reconnect: Backoff.begun(last, now, draw) })
  })
