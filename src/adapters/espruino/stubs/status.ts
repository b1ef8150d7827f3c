/**
 * What a board's bundle has in place of programs/device/status when its configuration wants no status: nothing. An
 * update that asks for it is refused (`Ability`).
 */
export const recordingErrors = undefined
export const radioOn = undefined
export const statusOf = undefined
export const reported = undefined
export const isKept = undefined
export const statusFor = undefined
