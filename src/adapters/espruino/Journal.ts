/**
 * The journal port over a file of Espruino's Storage that is made once with its full size (domain/state/JournalRing).
 *
 * All of it lies in an overlay: a board has it in memory only while there is something to do with the journal.
 */
import * as Result from "effect/Result"
import type { Fault, Journal } from "../../domain/state/Journal.ts"
import * as JournalRing from "../../domain/state/JournalRing.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { fileOf, makeFile } from "./log.ts"
import { platform } from "./platform/platform.ts"

/** No value of a device has this name. */
const name = "journal"

const bytesOf = (): Bytes.Bytes => platform.require("Storage").read(name) ?? Bytes.empty

export const attempt = <A>(run: () => A): Result.Result<A, Fault> => {
  try {
    return Result.succeed(run())
  } catch (thrown) {
    return Result.fail({ message: "journal: " + (thrown as Error).message })
  }
}

export const append: Journal["append"] = (record, keep, bytes) =>
  attempt(() => {
    const all = platform.require("Storage").read(name) ??
      makeFile(name, JournalRing.sizeOf(JournalRing.pages), JournalRing.beginnings)
    return JournalRing.append(fileOf(name, all), record, keep, bytes)
  })

export const read: Journal["read"] = (from, most) => attempt(() => JournalRing.read(bytesOf(), from, most))

export const end: Journal["end"] = () => attempt(() => JournalRing.end(bytesOf()))
