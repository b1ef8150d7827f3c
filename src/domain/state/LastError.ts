/** What went wrong last and was not yet reported in a status (`message/Status`). */

/** Whether a snapshot holds it. A board's bundle may come without. */
export const isKept: boolean = true
