/**
 * What a board's bundle has in place of domain/wake/thin without `thin_older`. An update that asks for it is refused
 * (`Ability`).
 */
export const thin = undefined
