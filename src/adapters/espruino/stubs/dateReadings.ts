/** What a board's bundle has in place of programs/device/dateReadings when it asks no server for the time: nothing. */
export const dateReadings = undefined
