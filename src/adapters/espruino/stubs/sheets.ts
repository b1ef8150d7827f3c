/** What a board's bundle has in place of adapters/espruino/sheets when nothing is thinned out: it has no sheets. */
export const readSheet = undefined
export const openSheet = undefined
