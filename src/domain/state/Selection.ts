/**
 * What a device remembers of the readings that it published, so that it publishes only what has changed (`onChange`).
 */

/**
 * The clock, in milliseconds, as it was read; its values as they were published, null: none; which thresholds they had
 * crossed. A sensor with a list of quantities has no values but those at the end, by name, that are compared.
 */
export type Published = readonly [
  at: number,
  temperature: number | null,
  humidity: number | null,
  alarm: number,
  values?: Readonly<Record<string, number>>
]

/** What is remembered of a reading that is published. A value that a sensor did not give stays as it was. */
export interface Judged {
  readonly next: Published
  readonly hasChanged: boolean
}

export type Selection = readonly [
  /** Id of the Outbox entry that is to be sent at once, with all before it; 0: none was. */
  urgent: number,
  /** By sensor id: its reading that was published last. */
  published: Readonly<Record<string, Published>>
]

/** Whether a snapshot holds it. A board's bundle may come without. */
export const isKept: boolean = true
