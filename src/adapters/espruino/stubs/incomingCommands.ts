/** What a board's bundle has in place of domain/wake/incomingCommands when nobody sends any: nothing. */
export const received = undefined
export const tooLarge = undefined
export const isAlone = undefined
export const isKeptBack = undefined
