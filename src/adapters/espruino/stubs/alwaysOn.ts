/**
 * What a board's bundle has in place of programs/device/alwaysOn when its configuration says `deep_sleep`: nothing. An
 * update that says otherwise changes the rest and the board goes on sleeping, until it is flashed with a new bundle.
 */
export const alwaysOn = undefined
