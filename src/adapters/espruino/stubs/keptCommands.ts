/** What a board's bundle has in place of domain/state/Commands when it takes no commands: it remembers none. */
export const isKept = false
