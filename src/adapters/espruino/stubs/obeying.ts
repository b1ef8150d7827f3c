/** What a board's bundle has in place of programs/device/obeying when it takes no commands: nothing. */
export const obey = undefined
export const obeyInWake = undefined
