/** What a board's bundle has in place of domain/wake/Servers when its configuration names one Server: nothing. */
export const choose = undefined
export const keep = undefined
export const again = undefined
export const returnsAt = undefined
export const goBack = undefined
export const round = undefined
export const addressOf = undefined
export const trying = undefined
export const markOf = undefined
export const identifierIn = undefined
export const isElsewhere = undefined
export const isOfOther = undefined
export const nameOf = undefined
