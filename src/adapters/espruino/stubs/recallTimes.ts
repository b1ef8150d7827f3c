/** What a board's bundle has in place of domain/wake/recallTimes (stubs/Journaled). */
export const recallTimes = undefined
