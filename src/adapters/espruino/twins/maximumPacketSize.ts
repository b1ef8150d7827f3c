/**
 * The twin of domain/wake/maximumPacketSize.ts for a board: a configuration is kept as text, read and merged into the
 * one in use. All of that fits beside the program into 4,095 variables only up to about this many bytes.
 */
export const maximumPacketSize = 2_048
