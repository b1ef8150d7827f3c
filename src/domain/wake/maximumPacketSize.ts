/** A device holds no more of one packet than this. Bytes; a configuration document fits several times. */
export const maximumPacketSize = 16_384
