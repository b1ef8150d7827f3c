/**
 * What Storage did not give, or not as it was written. Rare, so a board keeps it in a file of its own.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import { Storage } from "../../ports/Storage.ts"
import { snapshotName, unreadableName } from "./files.ts"
import { tell } from "./WakeEvent.ts"

/** What was read, as it lies in Storage and as a value. */
export interface Found {
  readonly bytes: Bytes
  readonly value: unknown
}

/**
 * Reads what could not be read: flash that did not answer once may do so now, and what is not read is overwritten at the end of
 * the wake. What remains unreadable is told.
 */
export const readAgain = (what: string): Effect.Effect<Found | undefined, never, Storage> =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const found = yield* Effect.result(storage.read(what))
    let reason
    if (Result.isSuccess(found)) {
      const bytes = found.success
      if (bytes === undefined) return undefined
      const decoded = Snapshot.decode(bytes)
      if (Result.isSuccess(decoded)) return { bytes, value: decoded.success }
      reason = decoded.failure.message
      if (what === snapshotName) yield* Effect.ignore(storage.write(unreadableName, bytes))
    } else reason = found.failure.message
    yield* tell({ _tag: "MemoryLost", what, reason })
    return undefined
  })
