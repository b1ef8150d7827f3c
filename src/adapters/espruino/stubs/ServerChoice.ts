/** What a board's bundle has in place of domain/state/ServerChoice when its configuration names one Server. */
export const isKept = false
