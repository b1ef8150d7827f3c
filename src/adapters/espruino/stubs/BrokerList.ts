/**
 * Replaces domain/config/BrokerList for a board whose configuration names one Server: an update that gives a list is
 * refused, as any other value that is no host.
 */
export const brokerKind = "host" as const
export const listKind = undefined
export const judgeVariables = 0
export const fix = undefined
export const problemOf = undefined
export const twiceIn = undefined
export const withoutList = undefined
export const addressesOf = undefined
