/**
 * The Storage port in the world's memory: it outlives the device's.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Bytes from "../../domain/packet/Bytes.ts"
import { Storage } from "../../ports/Storage.ts"
import type { World } from "./World.ts"

export const layer = (world: World): Layer.Layer<Storage> =>
  Layer.succeed(Storage, {
    read: (name) => Effect.sync(() => world.storage.get(name)),
    write: (name, value) =>
      Effect.sync(() => {
        world.writes++
        world.storage.set(name, Bytes.concat([value, Bytes.empty]))
      })
  })
