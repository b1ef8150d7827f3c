/**
 * The store of the Clients of a story, on a disk that outlives their processes: records, as a file would have them.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import * as DeliveryRecord from "../../../src/domain/delivery/DeliveryRecord.ts"
import { type Store, StoreError } from "../../../src/ports/Store.ts"
import * as Process from "./Process.ts"

export interface Disk {
  readonly records: Array<Bytes.Bytes>
  /** Whether nothing can be written now. */
  readonly isFull: () => boolean
}

export const make = (isFull: () => boolean): Disk => ({ records: [], isFull })

const full = new StoreError({ reason: "Failed", directory: "store", message: "the store: no space left on device" })

/** The store as a process has it; `kept` is shown what is written. */
export const store = (
  { isFull, records }: Disk,
  process: Process.Process,
  kept: (events: ReadonlyArray<DeliveryLog.Event>) => void
): Store => ({
  open: (clientId) =>
    Effect.sync(() => {
      if (records.length === 0) records.push(...DeliveryRecord.snapshot(DeliveryLog.make(clientId)))
      const state = DeliveryRecord.replay(records) as DeliveryLog.State
      const append = (events: ReadonlyArray<DeliveryLog.Event>): Result.Result<void, StoreError> => {
        if (isFull()) return Result.fail(full)
        const written = Process.write(process, events.length)
        const some = events.slice(0, written.length)
        for (const event of some) {
          records.push(DeliveryRecord.encode(event))
          DeliveryLog.apply(state, event)
        }
        if (some.length > 0) kept(some)
        written.lives()
        return Result.void
      }
      return { state, append }
    })
})
