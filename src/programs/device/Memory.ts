/**
 * The device's memory: the DeviceState of this awake period in a Ref, recalled from Storage and remembered there.
 *
 * Storage that fails costs the guarantee, never the reading: the program says so and goes on.
 */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { ReconnectStart } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import { Storage } from "../../ports/Storage.ts"
import { tell } from "./WakeEvent.ts"

export interface Memory {
  readonly state: Ref.Ref<DeviceState.DeviceState>
  /** What Storage holds. Flash wears out, so an unchanged snapshot is not written again. */
  readonly stored: Ref.Ref<DeviceState.DeviceState | undefined>
}

/** The name of the snapshot in Storage. */
export const snapshotName = "state"

/** Where a snapshot that cannot be read is put aside for whoever wants to know why. */
export const unreadableName = "state.bad"

/** What Storage holds; undefined when there is nothing, or nothing that can be read. */
const read = Effect.gen(function*() {
  const storage = yield* Storage
  const found = yield* Effect.result(storage.read(snapshotName))
  if (Result.isFailure(found)) {
    yield* tell({ _tag: "MemoryLost", what: snapshotName, reason: found.failure.message })
    return undefined
  }
  const bytes = found.success
  if (bytes === undefined) return undefined
  const state = DeviceState.decode(bytes)
  if (Result.isSuccess(state)) return state.success
  yield* tell({ _tag: "MemoryLost", what: snapshotName, reason: state.failure.message })
  yield* Effect.ignore(storage.write(unreadableName, bytes))
  return undefined
})

/** `now` is the clock in milliseconds; `start` counts when nothing is stored. */
export const recall = (now: number, start: ReconnectStart): Effect.Effect<Memory, never, Storage> =>
  Effect.gen(function*() {
    const found = yield* read
    const state = yield* Ref.make(found ?? DeviceState.initial(now, start))
    const stored = yield* Ref.make(found)
    return { state, stored }
  })

const write = (memory: Memory, state: DeviceState.DeviceState, asIs: DeviceState.DeviceState | undefined) =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const written = yield* Effect.result(storage.write(snapshotName, DeviceState.encode(state)))
    if (Result.isFailure(written)) return yield* tell({ _tag: "NotSaved", reason: written.failure.message })
    yield* Ref.set(memory.stored, asIs)
  })

/** Writes the snapshot, if it has changed since it was last written. */
export const remember = (memory: Memory): Effect.Effect<void, never, Storage> =>
  Effect.gen(function*() {
    const state = yield* Ref.get(memory.state)
    if (state !== (yield* Ref.get(memory.stored))) yield* write(memory, state, state)
  })

/** Writes the snapshot as it must be before anything is sent. What is then not sent is put right by `remember`. */
export const rememberBeforeSending = (memory: Memory): Effect.Effect<void, never, Storage> =>
  Effect.gen(function*() {
    const state = yield* Ref.get(memory.state)
    const sending = DeviceState.aboutToSend(state)
    yield* write(memory, sending, sending.session === state.session ? state : undefined)
  })
