/** What a board's bundle has in place of adapters/espruino/pinSleep when no pin ends its sleep: nothing. */
export const sleepUntil = undefined
