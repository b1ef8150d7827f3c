/** What a board's bundle has in place of domain/wake/dating when it asks no server for the time. */
export const datedMessage = undefined
