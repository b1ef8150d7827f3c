/** What a board's bundle has in place of domain/state/Thinned without `thin_older`: nothing lies beside its journal. */
export const isKept = false
export const isNeeded = undefined
export const reading = undefined
export const appending = undefined
