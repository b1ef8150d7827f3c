/** What a board's bundle has in place of domain/wake/isNews when its configuration names no battery: nothing. */
export const isNews = undefined
