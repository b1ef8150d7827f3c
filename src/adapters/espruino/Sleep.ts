/**
 * Deep sleep on a board: it ends in a reset, so the program starts again by itself.
 *
 * One sleep is at most 35.8 minutes. Before a longer one its beginning and its length are stored, and the first lines
 * of the bundle (`prologue`) go back to sleep until it is over.
 */
import * as Effect from "effect/Effect"
import type { Sleep } from "../../ports/Sleep.ts"
import * as LongSleep from "./longSleep.ts"
import { stayAwake } from "./giveUp.ts"
import { platform } from "./platform/platform.ts"
import { sleepUntil } from "./pinSleep.ts"
import { longestMillis } from "./prologue.ts"
import { wokenBy } from "./wokenBy.ts"

/** Does not return on a board. */
export const fallAsleep = (millis: number): void => {
  try {
    if (millis > longestMillis) LongSleep.begin(millis)
  } catch {
    // If there is no room for it the board wakes early, which costs less than staying awake.
  }
  platform.ESP32.deepSleep((millis < longestMillis ? millis : longestMillis) * 1000)
}

/** A board's bundle may come without it. */
const until: typeof sleepUntil | undefined = sleepUntil

// Nobody is called back: on other platforms it waits for ever.
const deepSleep: Sleep["Service"]["deepSleep"] = (millis, pin) =>
  Effect.callback(() => until === undefined || pin === undefined ? fallAsleep(millis) : until(pin, millis, fallAsleep))

/** A board's bundle may come without them. */
const cause: typeof wokenBy | undefined = wokenBy

const prolong: typeof stayAwake | undefined = stayAwake

export const sleep: Sleep["Service"] = cause === undefined ? { deepSleep } as Sleep["Service"]
  : prolong === undefined ? { deepSleep, wokenBy: cause } : { deepSleep, wokenBy: cause, stayAwake: prolong }
