/**
 * Replaces programs/device/alwaysOn in a board's bundle if its configuration says `deep_sleep`: it does nothing. After
 * an update with `deep_sleep` false the board uses the rest of the update and still sleeps, until it is flashed with a
 * new bundle.
 */
export const alwaysOn = undefined
