/** What a wake holds of commands. */

/** A command as it came. */
export interface Given {
  /** One character for each byte; at most one more than a command may have. */
  readonly text: string
  readonly retain: boolean
  /** Whether it is retained is not known: it is too large to be kept. */
  readonly isTooLarge?: boolean
  readonly dup: boolean
  readonly packetIdentifier: number | undefined
}

/** How long a device stays awake that would sleep. */
export interface Stay {
  /** Milliseconds of the device's clock: where that is set back to before the beginning, the time is over. */
  readonly from: number
  readonly until: number
  /** By a retained command: it ends when that is cleared. */
  readonly isRetained: boolean
}
