/** Replaces domain/wake/judgeQuantities for such a board (stubs/Quantities). */
export const judgeQuantities = undefined
