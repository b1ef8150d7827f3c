/**
 * What is done about an update that is not simply the present version again: all of it that waits for nothing.
 *
 * The rare part of a wake. A board keeps it, with the check of a whole configuration, in a file of its own.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { changed } from "../../domain/changed.ts"
import * as ConfigReview from "../../domain/ConfigReview.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import { crc32 } from "../../domain/Crc32.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { Storage } from "../../ports/Storage.ts"
import * as Memory from "./Memory.ts"
import * as RollBack from "./RollBack.ts"
import { tell, tellDropped } from "./WakeEvent.ts"
import { whole } from "./whole.ts"

/** What was done: a word about the update is owed; the update is stored, to be used from the next wake. */
export interface Settlement {
  readonly isOwed: boolean
  readonly isStored: boolean
}

const nothing: Settlement = { isOwed: false, isStored: false }

/** Owes the Server a word on what became of its update, so that it goes out with the next try at the latest. */
const owe = (memory: Memory.Memory, status: string, seen: number) =>
  Effect.gen(function*() {
    const message = { topic: "config_status", payload: status }
    const owed = DeviceState.owe({ ...memory.state, refusedUpdate: seen }, message, memory.config.mqtt.outbox)
    memory.state = owed.state
    Memory.assign(memory)
    yield* tellDropped(owed.dropped.length)
    yield* Memory.rememberBeforeSending(memory)
  })

/** It need not be judged again. */
const markSeen = (memory: Memory.Memory, seen: number): void => {
  memory.state = changed(memory.state, { refusedUpdate: seen })
}

const accept = (memory: Memory.Memory, verdict: ConfigReview.Verdict & { readonly _tag: "Accepted" }, status: string, seen: number) =>
  Effect.gen(function*() {
    const { rolledBack } = memory.state
    if (verdict.version <= rolledBack) {
      markSeen(memory, seen)
      yield* tell({ _tag: "ConfigUnchanged", reason: "version " + rolledBack + " was tried and rolled back; publish a higher one" })
      return nothing
    }
    const stored = yield* Effect.result(RollBack.begin(memory, verdict.config))
    if (Result.isFailure(stored)) {
      yield* tell({ _tag: "NotSaved", reason: stored.failure.message })
      return nothing
    }
    memory.isReplaced = true
    yield* tell({ _tag: "ConfigAccepted", version: verdict.version })
    yield* owe(memory, status, 0)
    return { isOwed: true, isStored: true }
  })

/** A review in which so many wakes have ended is not begun again. */
const maxDeaths = 2

/**
 * Judges an update. On a board that may take more memory than there is, and then the wake ends here. So it is remembered before
 * a document is reviewed for the first time, and one on which two wakes have ended is refused unread.
 */
const review = (memory: Memory.Memory, update: ConfigUpdate.ConfigUpdate) =>
  Effect.gen(function*() {
    const crc = crc32(Bytes.fromText(update.announced + " " + update.document))
    const [reviewed, before] = memory.state.review
    const deaths = reviewed === crc ? before : 0
    if (deaths >= maxDeaths) return refused("the device ran out of memory or power twice while it checked this update; make it smaller")
    if (reviewed !== crc || deaths > 0) {
      memory.state = { ...memory.state, review: [crc, deaths + 1] }
      yield* Memory.rememberBeforeSending(memory)
    }
    const verdict = ConfigReview.review({ ...update, present: update.present && whole(update.present) })
    memory.state = { ...memory.state, review: [crc, 0] }
    return verdict
  })

const refused = (reason: string): ConfigReview.Verdict => ({ _tag: "Refused", version: undefined, reason })

/** Judges what has arrived and does what follows. `fault`: why no more of it could be read. */
export const settle = (
  memory: Memory.Memory,
  update: ConfigUpdate.ConfigUpdate,
  fault: string | undefined
): Effect.Effect<Settlement, never, Storage> =>
  Effect.gen(function*() {
    const verdict: ConfigReview.Verdict = fault === undefined ? yield* review(memory, update) : refused(fault)
    const status = ConfigUpdate.status(verdict, whole(memory.config).deviceId) ?? ""
    const seen = fault === undefined && update.announced === undefined ? ConfigUpdate.mark(update) : crc32(Bytes.fromText(status))
    if (verdict._tag === "Accepted") return yield* accept(memory, verdict, status, seen)
    const { reason } = verdict
    // Reported once, and not at every wake that finds it still there.
    if (seen === memory.state.refusedUpdate || (verdict._tag === "Unchanged" && verdict.age === "equal")) {
      markSeen(memory, seen)
      yield* tell({ _tag: "ConfigUnchanged", reason })
      return nothing
    }
    yield* tell({ _tag: "ConfigRefused", reason })
    yield* owe(memory, status, seen)
    return { isOwed: true, isStored: false }
  })
