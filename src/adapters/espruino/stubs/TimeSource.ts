/** What a board's bundle has in place of its TimeSource when it asks no server for the time: nothing. */
export const timeSource = undefined
