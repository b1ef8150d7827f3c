/**
 * Packet Identifiers: 1 to 65,535, each in use for one exchange at a time (MQTT 3.1.1, section 2.3.1).
 */

export const first = 1
export const last = 65535

/** A whole number from 1 to 65,535. */
export const isValid = (value: number): boolean => value !== 0 && (value & 0xffff) === value

/** The one after `identifier`, never 0 (MQTT-2.3.1-1). Whether it is free is for the Session to say. */
export const next = (identifier: number): number => identifier >= last ? first : identifier + 1
