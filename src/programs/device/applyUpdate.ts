/**
 * What is done about an update that is not simply the present version again.
 *
 * The rare part of a wake. A board keeps it, with the check of a whole configuration, in a file of its own.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import { patch } from "../../domain/state/patch.ts"
import * as ConfigReview from "../../domain/config/ConfigReview.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import { crc32 } from "../../domain/bytes/Crc32.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import { changesOf, fullConfig } from "../../domain/wake/fullConfig.ts"
import * as Probation from "../../domain/wake/Probation.ts"
import * as Wake from "../../domain/wake/Wake.ts"
import { emitDropped } from "../../domain/wake/WakeEvent.ts"
import { Storage, type StorageError } from "../../ports/Storage.ts"
import { configName, previousName } from "./files.ts"
import type { Ports } from "./ports.ts"
import { remember, rememberBeforeSending } from "./storage.ts"

/** What was done: a word about the update is owed; the update is stored, to be used from the next wake. */
export interface Applied {
  readonly isOwed: boolean
  readonly isStored: boolean
}

const nothing: Applied = { isOwed: false, isStored: false }

/** Owes the Server a word on what became of its update, so that it goes out with the next try at the latest. */
const report = (ports: Ports, wake: Wake.Wake, status: string, seen: number): void => {
  const message = { topic: "config_status", payload: status }
  const owed = DeviceState.enqueue({ ...wake.state, refusedUpdate: seen }, message, wake.config.mqtt.outbox)
  wake.state = owed.state
  Wake.assign(wake)
  emitDropped(wake.emit, owed.dropped.length)
  rememberBeforeSending(ports, wake)
}

/** It need not be judged again. */
const markSeen = (wake: Wake.Wake, seen: number): void => {
  wake.state = patch(wake.state, { refusedUpdate: seen })
}

/** Stores an update as the one in force, on probation. Each step alone leaves a device that works. */
const store = (ports: Ports, wake: Wake.Wake, update: DeviceConfig): Result.Result<void, StorageError> => {
  const storage = Context.get(ports, Storage)
  // What is itself on probation has never worked: what was in force before it did. Without one that was stored the file
  // counts again, which is newer than this.
  if (!Probation.isOn(wake)) {
    const put = storage.write(previousName, wake.update ?? Snapshot.encode({ version: -1 }))
    if (Result.isFailure(put)) return put
  }
  // Who turns MQTT off wants no Server to be reached.
  const probation = update.mqtt.enabled ? { version: update.version, wakes: 0 } : DeviceState.noProbation()
  wake.state = { ...wake.state, probation, rolledBack: 0 }
  remember(ports, wake)
  return storage.write(configName, Snapshot.encode(changesOf(update)))
}

const accept = (
  ports: Ports,
  wake: Wake.Wake,
  verdict: ConfigReview.Verdict & { readonly _tag: "Accepted" },
  status: string,
  seen: number
): Applied => {
  const { rolledBack } = wake.state
  if (verdict.version <= rolledBack) {
    markSeen(wake, seen)
    wake.emit({
      _tag: "ConfigUnchanged",
      reason: "version " + rolledBack + " was tried and rolled back; publish a higher one"
    })
    return nothing
  }
  const stored = store(ports, wake, verdict.config)
  if (Result.isFailure(stored)) {
    wake.emit({ _tag: "NotSaved", reason: stored.failure.message })
    return nothing
  }
  wake.isReplaced = true
  wake.emit({ _tag: "ConfigAccepted", version: verdict.version })
  report(ports, wake, status, 0)
  return { isOwed: true, isStored: true }
}

/** A review in which so many wakes have ended is not begun again. */
const maxDeaths = 2

/**
 * Judges an update. On a board that may take more memory than there is, and then the wake ends here. So it is
 * remembered before a document is reviewed for the first time, and one on which two wakes have ended is refused unread.
 */
const review = (ports: Ports, wake: Wake.Wake, update: ConfigUpdate.ConfigUpdate): ConfigReview.Verdict => {
  const crc = crc32(Bytes.fromText(update.announced + " " + update.document))
  const [reviewed, before] = wake.state.review
  const deaths = reviewed === crc ? before : 0
  if (deaths >= maxDeaths) {
    return refused("the device ran out of memory or power twice while it checked this update; make it smaller")
  }
  if (reviewed !== crc || deaths > 0) {
    wake.state = { ...wake.state, review: [crc, deaths + 1] }
    rememberBeforeSending(ports, wake)
  }
  const verdict = ConfigReview.review({ ...update, present: update.present && fullConfig(update.present) })
  wake.state = { ...wake.state, review: [crc, 0] }
  return verdict
}

const refused = (reason: string): ConfigReview.Verdict => ({ _tag: "Refused", version: undefined, reason })

/** Judges what has arrived and does what follows. `fault`: why no more of it could be read. */
export const applyUpdate = (
  ports: Ports,
  wake: Wake.Wake,
  update: ConfigUpdate.ConfigUpdate,
  fault: string | undefined
): Applied => {
  const verdict: ConfigReview.Verdict = fault === undefined ? review(ports, wake, update) : refused(fault)
  const status = ConfigUpdate.status(verdict, fullConfig(wake.config).deviceId) ?? ""
  const seen = fault === undefined && update.announced === undefined ? ConfigUpdate.mark(update)
    : crc32(Bytes.fromText(status))
  if (verdict._tag === "Accepted") return accept(ports, wake, verdict, status, seen)
  const { reason } = verdict
  // Reported once, and not at every wake that finds it still there.
  if (seen === wake.state.refusedUpdate || (verdict._tag === "Unchanged" && verdict.age === "equal")) {
    markSeen(wake, seen)
    wake.emit({ _tag: "ConfigUnchanged", reason })
    return nothing
  }
  wake.emit({ _tag: "ConfigRefused", reason })
  report(ports, wake, status, seen)
  return { isOwed: true, isStored: false }
}
