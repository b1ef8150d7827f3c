/**
 * What a device remembers of the readings that it published, so that it publishes only what has changed (`onChange`).
 */

/**
 * The clock, in milliseconds, as it was read; its values as they were published, null: none; which thresholds they had
 * crossed.
 */
export type Published = readonly [at: number, temperature: number | null, humidity: number | null, alarm: number]

export type Selection = readonly [
  /** Id of the Outbox entry that is to be sent at once, with all before it; 0: none was. */
  urgent: number,
  /** By sensor id: its reading that was published last. */
  published: Readonly<Record<string, Published>>
]

/** Whether a snapshot holds it. A board's bundle may come without. */
export const isKept: boolean = true
