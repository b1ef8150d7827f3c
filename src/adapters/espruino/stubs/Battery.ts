/** What a board's bundle has in place of adapters/espruino/Battery when its configuration names no battery: nothing. */
export const volts = undefined
