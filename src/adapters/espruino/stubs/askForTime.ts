/** What a board's bundle has in place of programs/device/askForTime when it asks no server for the time: nothing. */
export const askForTime = undefined
