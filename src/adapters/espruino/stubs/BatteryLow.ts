/** What a board's bundle has in place of domain/state/BatteryLow when its configuration names no battery. */
export const isKept = false
