/** What a board's bundle has in place of domain/state/LastError when it publishes no status: it remembers none. */
export const isKept = false
