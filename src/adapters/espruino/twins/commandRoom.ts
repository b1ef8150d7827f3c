/** The twin of domain/wake/commandRoom.ts for a board. */
import { platform } from "../platform/platform.ts"

/** Variables that are needed for all else, bytes of a packet for each of the others, and the bounds. Measured. */
const others = 1_000
const bytesEach = 2
const least = 512
const most = 2_048

/** Everything that waits at the Server comes at once: a packet that finds little memory is skipped. */
export const maximumPacketSize = (): number =>
  Math.max(least, Math.min(most, (platform.process.memory().free - others) * bytesEach))

export const hasRoom = (waiting: number): boolean => waiting < 4

/** Variables that doing a command takes at most, whatever is in it. Measured, and rounded up. */
const needed = 800

/** Otherwise the Server keeps it for a wake that has less to do. */
export const hasMemory = (): boolean => platform.process.memory().free > needed
