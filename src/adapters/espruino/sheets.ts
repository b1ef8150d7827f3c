/**
 * The two sheets beside the journal (ports/Journal), in a file of Espruino's Storage that is made once with its full
 * size (domain/state/JournalSheets). Only a board whose configuration says `thin_older` has them.
 */
import * as Result from "effect/Result"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import type { Sheets, Writer } from "../../domain/state/Journal.ts"
import * as JournalRing from "../../domain/state/JournalRing.ts"
import * as JournalSheets from "../../domain/state/JournalSheets.ts"
import { attempt } from "./Journal.ts"
import { fileOf, makeFile } from "./log.ts"
import { platform } from "./platform/platform.ts"

/** No value of a device has this name. */
const name = "sheets"

export const readSheet: Sheets["read"] = (sheet, from, most) =>
  attempt(() => JournalSheets.read(platform.require("Storage").read(name) ?? Bytes.empty, sheet, from, most))

const writer = (open: JournalSheets.Open): Writer => ({
  put: (record) => attempt(() => JournalSheets.put(open, record)),
  close: () => Result.succeed(open.count)
})

export const openSheet: Sheets["open"] = (sheet, bytes) =>
  attempt(() => {
    const all = platform.require("Storage").read(name) ??
      makeFile(name, JournalSheets.size, JournalRing.beginnings)
    return writer(JournalSheets.open(fileOf(name, all), sheet, bytes))
  })
