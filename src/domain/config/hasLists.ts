/** Whether a sensor's configuration may have a list of quantities. A board's bundle may come without. */
export const hasLists: boolean = true
