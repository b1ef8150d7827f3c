/**
 * A program to be killed: writes values of one repeated byte to the Storage in the directory of its first argument, for
 * ever, and says `.` after each.
 */
import * as Effect from "effect/Effect"
import * as NodeStorage from "../../src/adapters/node/Storage.ts"
import { Storage } from "../../src/ports/Storage.ts"

const writeForEver = Effect.gen(function*() {
  const storage = yield* Storage
  for (let round = 0;; round = (round + 1) % 256) {
    yield* Effect.fromResult(storage.write("state", new Uint8Array(50_000).fill(round)))
    process.stdout.write(".")
  }
})

Effect.runFork(Effect.provide(writeForEver, NodeStorage.layer(process.argv[2] as string)))
