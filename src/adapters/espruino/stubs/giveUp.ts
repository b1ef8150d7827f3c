/** What a board's bundle has in place of adapters/espruino/giveUp when it takes no commands: no wake is made longer. */
export const giveUpAfter = undefined
export const stayAwake = undefined
