/**
 * The Storage port on the files of a simulated flash, which outlive the device's memory.
 *
 * A board's flash takes a value byte by byte into the log of its name (BoardValues), and a power cut at any step leaves
 * the old value or the new one. If the world has no board, a value is written to a file beside its own and renamed over
 * it in one step; `~` is not allowed in a name.
 */
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { isName, Storage, StorageError } from "../../ports/Storage.ts"
import * as BoardValues from "./world/BoardValues.ts"
import * as Inject from "./world/Inject.ts"
import * as ActiveFaults from "./faults/ActiveFaults.ts"
import type { World } from "./world/World.ts"

const fail = (operation: "read" | "write", name: string, message: string): Result.Result<never, StorageError> =>
  Result.fail(new StorageError({ operation, name, message }))

const read = (world: World, name: string): Result.Result<Bytes.Bytes | undefined, StorageError> =>
  Inject.poweredNow(world, () => {
    if (!isName(name)) return Result.succeed(undefined)
    if (ActiveFaults.struck(world.activeFaults, "readFails") !== undefined) {
      return fail("read", name, name + ": the flash did not answer")
    }
    return Result.succeed(world.storage.get(name))
  })

/** A part of the new value over the old one: an adapter must never leave this. */
const torn = (value: Bytes.Bytes, old: Bytes.Bytes, share: number): Bytes.Bytes => {
  const written = Math.floor(share * Bytes.length(value))
  const rest = (share * 65_537) % 1 < 0.5 ? Bytes.empty
    : Bytes.slice(old, Math.min(written, Bytes.length(old)), Bytes.length(old))
  return Bytes.concat([Bytes.slice(value, 0, written), rest])
}

/** What is written often. */
const snapshotName = "state"

/** A copy: the caller may use its bytes again. */
const put = (world: World, name: string, value: Bytes.Bytes): void => {
  world.storage.delete(name + "~")
  world.storage.set(name, Bytes.concat([value, Bytes.empty]))
}

/** The digits of an end after a value; see domain/state/FlashLog. */
const stepsBehind = 7

/** The power fails in the middle of a write. The next wake finds what is then in flash. */
const cutOff = (world: World, name: string, value: Bytes.Bytes, through: number): void => {
  const { flash } = world
  const length = Bytes.length(value)
  if (flash === undefined) {
    if (through > length) put(world, name, value)
    else world.storage.set(name + "~", Uint8Array.from(Bytes.slice(value, 0, through)))
    return
  }
  const before = Uint8Array.from(BoardValues.read(flash, name) ?? Bytes.empty)
  flash.left = through
  try {
    world.store(flash, name, value)
  } catch {
    // That was to be.
  }
  flash.left = Infinity
  const after = BoardValues.read(flash, name)
  if (after !== undefined && !Bytes.equals(after, before)) put(world, name, after)
}

const write = (world: World, name: string, value: Bytes.Bytes): Result.Result<void, StorageError> => {
  // As on every platform.
  if (!isName(name)) return fail("write", name, JSON.stringify(name) + " cannot name a value")
  const { activeFaults } = world
  const length = Bytes.length(value)
  // The rename is one more step.
  const through = Inject.step(world, length + (world.flash === undefined ? 1 : stepsBehind))
  if (through !== undefined) {
    cutOff(world, name, value, through)
    throw Inject.powerOff(world)
  }
  if (ActiveFaults.on(activeFaults, "flashFull") !== undefined) return fail("write", name, name + ": the flash is full")
  if (ActiveFaults.struck(activeFaults, "writeFails") !== undefined) {
    return fail("write", name, name + ": the flash could not be written")
  }
  world.writes++
  if (name === snapshotName) {
    world.written.states++
    world.written.stateBytes += length
  }
  try {
    if (world.flash !== undefined) world.store(world.flash, name, value)
  } catch (thrown) {
    return fail("write", name, name + ": " + (thrown as Error).message)
  }
  const tear = ActiveFaults.struck(activeFaults, "tornWrite")
  put(world, name, tear === undefined ? value : torn(value, world.storage.get(name) ?? Bytes.empty, tear.share))
  return Result.succeed(undefined)
}

export const layer = (world: World): Layer.Layer<Storage> =>
  Layer.succeed(Storage, { read: (name) => read(world, name), write: (name, value) => write(world, name, value) })
