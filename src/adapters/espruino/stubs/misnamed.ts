/** Replaces domain/wake/misnamed for a board whose sensors give what their rows say. */
export const misnamed = undefined
