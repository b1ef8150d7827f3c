/**
 * What a board's bundle has in place of domain/wake/quiet when every sensor of its configuration is read at each wake:
 * nothing. After an update that gives them intervals it reads less often, and connects at each wake until it is flashed
 * anew.
 */
export const isQuiet = undefined
