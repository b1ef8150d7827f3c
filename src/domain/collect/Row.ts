/** A reading and a status as they are stored: one row each. */
import type { Status } from "./documents.ts"

/** Who knew when it was taken: the device, its status beside it, or nobody, and then it is when the reading arrived. */
export type Dated = "device" | "status" | "arrival"

/** Times are milliseconds since 1970. */
export interface Row {
  readonly time: number
  readonly dated: Dated
  readonly topic: string
  readonly sensor: string
  readonly temperature: number | undefined
  readonly humidity: number | undefined
  readonly unit: string | undefined
  /** Every other quantity. */
  readonly quantities: ReadonlyArray<readonly [name: string, value: number]>
  /** Seconds since the device's first wake. */
  readonly uptime: number
  readonly arrived: number
  /** Before this moment it was not published, as far as the collector can know: see Presence. */
  readonly earliest: number
  /** As it came, with what no table has a column for. */
  readonly payload: string
}

/** What a device says of itself. Times are milliseconds since 1970. */
export interface StatusRow extends Omit<Status, "time"> {
  readonly time: number
  readonly dated: Dated
  readonly topic: string
  readonly arrived: number
  /** As of a reading. */
  readonly earliest: number
  readonly payload: string
}
