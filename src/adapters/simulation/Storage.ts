/**
 * The Storage port in the world's memory: it outlives the device's.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { isName, Storage, StorageError } from "../../ports/Storage.ts"
import type { World } from "./World.ts"

/** As on every platform, a name that is none is refused. */
const named = <A>(operation: "read" | "write", name: string, act: () => A): Effect.Effect<A, StorageError> =>
  Effect.suspend(() =>
    isName(name)
      ? Effect.sync(act)
      : Effect.fail(new StorageError({ operation, name, message: JSON.stringify(name) + " cannot name a value" })))

export const layer = (world: World): Layer.Layer<Storage> =>
  Layer.succeed(Storage, {
    read: (name) => named("read", name, () => world.storage.get(name)),
    write: (name, value) =>
      named("write", name, () => {
        world.writes++
        world.storage.set(name, Bytes.concat([value, Bytes.empty]))
      })
  })
