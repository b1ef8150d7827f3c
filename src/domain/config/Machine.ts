/**
 * What identifies the machine that a device lives on. On Node and in the simulation it is always the same; a board has a
 * twin of this file.
 */

/** What stands for the MAC address of a machine that is no board: 12 hexadecimal digits. */
export const mac = (): string => "000000000000"
