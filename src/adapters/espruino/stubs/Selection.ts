/** What a board's bundle has in place of domain/state/Selection when it publishes every reading: it remembers none. */
export const isKept = false
