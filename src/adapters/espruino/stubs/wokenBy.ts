/** What a board's bundle has in place of adapters/espruino/wokenBy when nobody asks. */
export const wokenBy = undefined
