/** What comes of a message: a reading, a status, or a refusal. */
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import type { KnownMoment } from "../../../domain/collect/Dating.ts"
import type { Row, StatusRow } from "../../../domain/collect/Row.ts"

export type Entry =
  | { readonly _tag: "Reading"; readonly row: Row; readonly dup: boolean; readonly retain: boolean }
  | {
    readonly _tag: "Status"
    readonly row: StatusRow
    /** What it makes known of the device; undefined: nobody knows when it was said. */
    readonly moment: KnownMoment | undefined
    readonly dup: boolean
    readonly retain: boolean
  }
  | Rejected

export interface Rejected {
  readonly _tag: "Rejected"
  readonly topic: string
  /** The end of a sentence that begins with the topic. */
  readonly reason: string
  readonly payload: Bytes
  /** Milliseconds. */
  readonly arrived: number
}
