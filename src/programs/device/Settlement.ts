/**
 * What is to be done about an update that is not simply the present version again: decided in one go, as plain data.
 *
 * The rare part of a wake. A board keeps it, with the check of a whole configuration, in a file of its own.
 */
import * as ConfigReview from "../../domain/ConfigReview.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import { crc32 } from "../../domain/Crc32.ts"
import type { DeviceConfig } from "../../domain/DeviceConfig.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { WakeEvent } from "./WakeEvent.ts"

export interface Settlement {
  readonly event: WakeEvent
  /** The text to report; empty when there is nothing to report, or nothing new. */
  readonly status: string
  /** CRC-32 of the refusal reported, so that it is reported once; 0 for an update that was accepted. */
  readonly seen: number
  /** The configuration to store and use from the next wake. */
  readonly config: DeviceConfig | undefined
}

/** What has arrived, and why no more of it could be read. `seen` is of the refusal last reported, `rolledBack` a version. */
export interface Given {
  readonly update: ConfigUpdate.ConfigUpdate
  readonly seen: number
  readonly rolledBack: number
  readonly fault: string | undefined
}

const verdictOn = ({ fault, update }: Given): ConfigReview.Verdict =>
  fault === undefined ? ConfigReview.review(update) : { _tag: "Refused", version: undefined, reason: fault }

export const settlement = (given: Given): Settlement => {
  const verdict = verdictOn(given)
  const status = ConfigUpdate.status(verdict) ?? ""
  if (verdict._tag === "Accepted" && verdict.version <= given.rolledBack) {
    const reason = "version " + given.rolledBack + " was tried and rolled back; publish a higher one"
    return { event: { _tag: "ConfigUnchanged", reason }, status: "", seen: given.seen, config: undefined }
  }
  if (verdict._tag === "Accepted") {
    return { event: { _tag: "ConfigAccepted", version: verdict.version }, status, seen: 0, config: verdict.config }
  }
  const { reason } = verdict
  const seen = crc32(Bytes.fromText(status))
  const isNews = seen !== given.seen && !(verdict._tag === "Unchanged" && verdict.age === "equal")
  return isNews
    ? { event: { _tag: "ConfigRefused", reason }, status, seen, config: undefined }
    : { event: { _tag: "ConfigUnchanged", reason }, status: "", seen: given.seen, config: undefined }
}
