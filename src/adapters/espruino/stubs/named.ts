/** What a board's bundle has in place of adapters/espruino/named when no text of its configuration has `{mac}`. */
export const named = undefined
