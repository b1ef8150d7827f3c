/** Whether a snapshot remembers that the battery is low. A board whose configuration names no battery does without. */
export const isKept: boolean = true
