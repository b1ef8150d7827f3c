/**
 * What a board's bundle has in place of programs/device/measureBattery when its configuration names no battery: nothing.
 * An update that names one is refused (`Ability`).
 */
export const measureBattery = undefined
