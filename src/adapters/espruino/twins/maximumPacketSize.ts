/**
 * The twin of domain/wake/maximumPacketSize.ts for a board: a configuration is held as text, read and laid over the
 * one in force, and all of that fits beside the program into 4,095 variables only up to about this many bytes.
 */
export const maximumPacketSize = 2_048
