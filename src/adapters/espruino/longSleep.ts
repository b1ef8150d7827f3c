/**
 * A sleep that is longer than a board can be told: its beginning and its length are stored, and each time the board
 * wakes, the lines that the bundle begins with (`prologue`) ask here whether it is to go on.
 *
 * Only a board woken by its timer goes on sleeping, and only while its clock is between that beginning and its end:
 * after a power cut (the clock starts over), a button or a jump it wakes, so no sleep is longer than was asked.
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

/** Sleeps on, if a sleep is under way, and does not return then. What is over is noted to be over: an empty value. */
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
