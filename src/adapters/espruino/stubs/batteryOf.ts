/**
 * Replaces domain/config/batteryOf for a board whose configuration names no battery: an update that names one has
 * something there, whatever it is, and is refused (`Ability`).
 */
export const batteryOf = (input: unknown): unknown => input

export const batteryRules = (): void => {}

export const lacksPin = undefined
