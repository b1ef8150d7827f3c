/** What a board's bundle has in place of domain/wake/pinSleep when no pin ends its sleep: nothing. */
export const wakePinOf = undefined
