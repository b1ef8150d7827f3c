/** Replaces domain/config/BatteryRows for a board whose configuration names no battery: an update has none either. */
export const batteryRows = [] as const
