/**
 * What a board's bundle has in place of domain/wake/Journaled when all sensors are read at each wake and no server is
 * asked for the time: its journal holds nothing but messages.
 */
export const isNew = (): boolean => false
export const known = (): void => {}
export const isKept = isNew
export const keep = known
export const times = undefined
export const recall = undefined
