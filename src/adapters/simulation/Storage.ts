/**
 * The Storage port on the files of a simulated flash, which outlive the device's memory.
 *
 * A value is written to a file beside its own, byte by byte, and renamed over it in one step, as a file system does it: a
 * power cut at any byte leaves the old value or the new one. `~` is no character of a name.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { isName, Storage, StorageError } from "../../ports/Storage.ts"
import * as Strike from "./Strike.ts"
import * as Trouble from "./Trouble.ts"
import type { World } from "./World.ts"

const fail = (operation: "read" | "write", name: string, message: string) =>
  Effect.fail(new StorageError({ operation, name, message }))

/** As on every platform, a name that is none is refused. */
const misnamed = (operation: "read" | "write", name: string) => fail(operation, name, JSON.stringify(name) + " cannot name a value")

const read = (world: World, name: string): Effect.Effect<Bytes.Bytes | undefined, StorageError> =>
  Strike.powered(world, () => {
    if (!isName(name)) return misnamed("read", name)
    if (Trouble.struck(world.trouble, "readFails") !== undefined) return fail("read", name, name + ": the flash did not answer")
    return Effect.succeed(world.storage.get(name))
  })

/** A part of the new value over the old one: what an adapter must never leave behind. */
const torn = (value: Bytes.Bytes, old: Bytes.Bytes, share: number): Bytes.Bytes => {
  const written = Math.floor(share * Bytes.length(value))
  const rest = (share * 65_537) % 1 < 0.5 ? Bytes.empty : Bytes.slice(old, Math.min(written, Bytes.length(old)), Bytes.length(old))
  return Bytes.concat([Bytes.slice(value, 0, written), rest])
}

const put = (world: World, name: string, value: Bytes.Bytes): void => {
  world.storage.delete(name + "~")
  // A copy: the caller may use its bytes again.
  world.storage.set(name, Bytes.concat([value, Bytes.empty]))
}

const write = (world: World, name: string, value: Bytes.Bytes): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    if (!isName(name)) return misnamed("write", name)
    const { trouble } = world
    const length = Bytes.length(value)
    // The rename is one step more.
    const through = Strike.step(world, length + 1)
    if (through !== undefined) {
      if (through > length) put(world, name, value)
      else world.storage.set(name + "~", Uint8Array.from(Bytes.slice(value, 0, through)))
      return trouble.off
    }
    if (Trouble.on(trouble, "flashFull") !== undefined) return fail("write", name, name + ": the flash is full")
    if (Trouble.struck(trouble, "writeFails") !== undefined) return fail("write", name, name + ": the flash could not be written")
    world.writes++
    const tear = Trouble.struck(trouble, "tornWrite")
    put(world, name, tear === undefined ? value : torn(value, world.storage.get(name) ?? Bytes.empty, tear.share))
    return Effect.void
  })

export const layer = (world: World): Layer.Layer<Storage> =>
  Layer.succeed(Storage, { read: (name) => read(world, name), write: (name, value) => write(world, name, value) })
