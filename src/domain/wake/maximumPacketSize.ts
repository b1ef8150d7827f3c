/** The largest packet that a device keeps in memory. Bytes; a configuration document is several times smaller. */
export const maximumPacketSize = 16_384
