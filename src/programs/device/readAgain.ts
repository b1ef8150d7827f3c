/**
 * What Storage did not give, or not as it was written. Rare, so a board keeps it in a file of its own.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import type { Bytes } from "../../domain/packet/Bytes.ts"
import * as Snapshot from "../../domain/Snapshot.ts"
import type { Emit } from "../../domain/wake/WakeEvent.ts"
import { Storage } from "../../ports/Storage.ts"
import { snapshotName, unreadableName } from "./files.ts"
import type { Ports } from "./ports.ts"

/** What was read, as it lies in Storage and as a value. */
export interface Found {
  readonly bytes: Bytes
  readonly value: unknown
}

/**
 * Reads what could not be read: flash that did not answer once may do so now, and what is not read is overwritten at the end of
 * the wake. What remains unreadable is emitted.
 */
export const readAgain = (ports: Ports, what: string, emit: Emit): Found | undefined => {
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
