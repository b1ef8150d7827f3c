/**
 * What a device remembers of commands across deep sleep: what they have changed, and which were done. Bounded, whatever
 * is sent.
 */

/**
 * A command that was done. With an `id`: that id's CRC-32, and 0. Without one it is only kept until the Server is known to have its
 * acknowledgement: the text's CRC-32, and its Packet Identifier, with 65,536 times the place of its Server among several.
 */
export type Done = readonly [crc: number, mark: number]

export type Commands = readonly [
  /** Seconds between two wakes; 0: as the configuration says. */
  interval: number,
  /** CRC-32 of the retained command that was answered last; 0: none was. */
  retained: number,
  /** 1: a status was asked for, and the Server is not known to have it. */
  reports: 0 | 1,
  /** The oldest first. */
  done: ReadonlyArray<Done>
]

/** How many commands that were done are remembered. */
export const maxDone = 8

export const none: Commands = [0, 0, 0, []]

/** Whether a snapshot holds it. A board's bundle may come without. */
export const isKept: boolean = true
