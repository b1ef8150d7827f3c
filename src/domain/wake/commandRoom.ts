/**
 * How many commands wait in a device's memory, and how large a packet may be beside them: the Server keeps the others. A board has a
 * twin of this file.
 */
import * as Maximum from "./maximumPacketSize.ts"

/** Bytes of the largest packet that is kept. The Server may send as much at once as it likes. */
export const maximumPacketSize = (): number => Maximum.maximumPacketSize

/** Whether one more has room beside those that wait. */
export const hasRoom = (waiting: number): boolean => waiting < 16

/** Whether there is memory to do one. */
export const hasMemory = (): boolean => true
