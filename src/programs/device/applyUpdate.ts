/**
 * What is done about an update that is not simply the present version again.
 *
 * The rare part of a wake. A board keeps it, with the check of a whole configuration, in a separate file.
 */
import * as Context from "effect/Context"
import * as Result from "effect/Result"
import * as ConfigReview from "../../domain/config/ConfigReview.ts"
import * as ConfigUpdate from "../../domain/config/ConfigUpdate.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../domain/state/DeviceState.ts"
import * as Snapshot from "../../domain/state/Snapshot.ts"
import { changesOf, fullConfig } from "../../domain/wake/fullConfig.ts"
import * as Probation from "../../domain/wake/Probation.ts"
import type * as Wake from "../../domain/wake/Wake.ts"
import { Storage, type StorageError } from "../../ports/Storage.ts"
import { configName, previousName } from "./files.ts"
import type { Ports } from "./ports.ts"
import { leave, markOf, refuse, report, reviewMark } from "./refuse.ts"
import { remember, rememberBeforeSending } from "./storage.ts"

/** What was done: a message about the update is in the Outbox, and the update is stored. It is used from the next wake. */
export interface Applied {
  readonly isPending: boolean
  readonly isStored: boolean
}

const nothing: Applied = { isPending: false, isStored: false }

/** Stores an update as the one in use, on probation. After each single step the device works. */
const store = (ports: Ports, wake: Wake.Wake, update: DeviceConfig): Result.Result<void, StorageError> => {
  const storage = Context.get(ports, Storage)
  // An update on probation has not been proved, but the one before it has. If that was not stored, the file counts
  // again, which is newer than this.
  if (!Probation.isOn(wake)) {
    const put = storage.write(previousName, wake.update ?? Snapshot.encode({ version: -1 }))
    if (Result.isFailure(put)) return put
  }
  // A user who turns MQTT off wants no Server to be reached.
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
    leave(wake, seen, "version " + rolledBack + " was tried and rolled back; publish a higher one")
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
  return { isPending: true, isStored: true }
}

/**
 * Judges an update. On a board that may take more memory than there is, and then the wake ends here. So this is stored
 * before a document is reviewed for the first time, and a document on which two wakes have ended is refused unread
 * (`deadly`).
 */
const review = (ports: Ports, wake: Wake.Wake, update: ConfigUpdate.ConfigUpdate): ConfigReview.Verdict => {
  const mark = reviewMark(update)
  const [reviewed, before] = wake.state.review
  const deaths = reviewed === mark ? before : 0
  if (reviewed !== mark || deaths > 0) {
    wake.state = { ...wake.state, review: [mark, deaths + 1] }
    rememberBeforeSending(ports, wake)
  }
  const verdict = ConfigReview.review({ ...update, present: update.present && fullConfig(update.present) })
  wake.state = { ...wake.state, review: [mark, 0] }
  return verdict
}

/** Judges what has arrived and does what follows from it. */
export const applyUpdate = (ports: Ports, wake: Wake.Wake, update: ConfigUpdate.ConfigUpdate): Applied => {
  const verdict = review(ports, wake, update)
  if (verdict._tag === "Refused") {
    return { isPending: refuse(ports, wake, update, verdict.reason, verdict.version), isStored: false }
  }
  const status = ConfigUpdate.status(verdict, fullConfig(wake.config).deviceId)
  const seen = markOf(update, status)
  if (verdict._tag === "Accepted") return accept(ports, wake, verdict, status, seen)
  if (seen === wake.state.refusedUpdate || verdict.age === "equal") {
    leave(wake, seen, verdict.reason)
    return nothing
  }
  wake.emit({ _tag: "ConfigRefused", reason: verdict.reason })
  report(ports, wake, status, seen)
  return { isPending: true, isStored: false }
}
