/**
 * What ends a wake that hangs, where a command may make a wake longer. A board that takes no commands does without this.
 */
import { platform } from "./platform/platform.ts"

/** How much longer than it was asked to a board stays awake before it gives up, in milliseconds. */
const marginMillis = 300_000

/** Seconds that a board which stays awake may work without coming to rest. */
const restlessSeconds = 300

let timer: unknown
let end: () => void = () => {}

/** `giveUp` is called in so many milliseconds, if nobody asks for more. */
export const giveUpAfter = (giveUp: () => void, millis: number): void => {
  end = giveUp
  timer = setTimeout(giveUp, millis)
}

/** The board stays awake for so many milliseconds more. */
export const stayAwake = (millis: number): void => {
  clearTimeout(timer as ReturnType<typeof setTimeout>)
  timer = setTimeout(end, millis + marginMillis)
  platform.E.enableWatchdog(restlessSeconds, true)
}
