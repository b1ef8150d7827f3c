/** Replaces domain/config/hasLists for a board whose sensors have no lists of quantities (stubs/SensorQuantities). */
export const hasLists = false
