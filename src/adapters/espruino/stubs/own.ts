/**
 * Replaces adapters/espruino/drivers/own in the bundle of a board that has no other sensors than those whose drivers
 * every program has. An update that asks for another is refused (`Ability`).
 */
export const hasOwn = undefined
export const driveOwn = undefined
