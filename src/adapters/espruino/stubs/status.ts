/**
 * What a board's bundle has in place of programs/device/status when its configuration wants no status: nothing. An
 * update that asks for it is refused (`Ability`).
 */
export const noting = undefined
export const radioOn = undefined
export const report = undefined
export const reported = undefined
