/** What a board's bundle has in place of adapters/espruino/credentials when it has its credentials itself. */
export const withCredentials = undefined
