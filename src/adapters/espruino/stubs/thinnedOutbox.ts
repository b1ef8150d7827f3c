/** What a board's bundle has in place of domain/delivery/thinned without `thin_older`. */
export const thinned = undefined
