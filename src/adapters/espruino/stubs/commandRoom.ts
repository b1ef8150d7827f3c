/** What a board's bundle has in place of domain/wake/commandRoom when it takes no commands: a packet has its usual room. */
export const maximumPacketSize = undefined
