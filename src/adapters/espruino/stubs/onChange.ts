/**
 * What a board's bundle has in place of domain/wake/onChange when its configuration publishes every reading: nothing.
 * An update that asks for one is refused (`Ability`).
 */
export const select = undefined
export const isUrgent = undefined
