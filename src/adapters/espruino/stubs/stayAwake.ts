/** What a board's bundle has in place of programs/device/stayAwake when it takes no commands: nothing. */
export const stayAwake = undefined
