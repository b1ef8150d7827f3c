/**
 * A sleep that is longer than a board can do at once. Its beginning and its length are stored, and each time the board
 * wakes, the first lines of the bundle (`prologue`) ask here whether to continue.
 *
 * Only a board that was woken by its timer continues to sleep, and only while its clock is between the beginning and
 * the end. After a power cut (the clock starts again), a button or a jump of the clock it wakes, so no sleep is longer
 * than was asked for.
 */
import * as FlashLog from "../../domain/state/FlashLog.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { append } from "./log.ts"
import { platform } from "./platform/platform.ts"
import { fileName, longestMillis } from "./prologue.ts"

/** ESP32.getWakeupCause() */
const timer = 4

/** Notes a sleep that begins now: `<clock at its beginning>,<its length>` in milliseconds. */
export const begin = (millis: number): void => append(fileName, Bytes.fromText(Date.now() + "," + millis))

/** Continues a sleep if there is one, and does not return then. When it is over, an empty value is stored. */
export const goOn = (): void => {
  const all = platform.require("Storage").read(fileName)
  const noted = all && FlashLog.read(all)
  if (noted === undefined || Bytes.length(noted) === 0) return
  const [from, millis] = Bytes.toText(noted).split(",").map(Number) as [number, number]
  const left = millis - (Date.now() - from)
  if (left > 0 && left <= millis && platform.ESP32.getWakeupCause() === timer) {
    platform.ESP32.deepSleep(Math.min(left, longestMillis) * 1000)
  }
  append(fileName, Bytes.empty)
}
