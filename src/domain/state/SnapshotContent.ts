/**
 * What a snapshot of a DeviceState holds, for DeviceState and OlderSnapshot. The letters keep it within one page of
 * flash.
 */
import type { Review, Suspect } from "./DeviceStateFields.ts"
import type { Commands } from "./Commands.ts"
import type { Selection } from "./Selection.ts"
import type { ServerChoice } from "./ServerChoice.ts"
import type { Thinned } from "./Thinned.ts"

export interface Content {
  readonly e: ReadonlyArray<readonly [id: number, topic: string, payload: string]>
  /** Snapshots of older programs lack the last. */
  readonly o: readonly [lastId: number, dropped: number, journal?: number]
  readonly f: ReadonlyArray<readonly [packetIdentifier: number, entry: number, dup: 0 | 1]>
  readonly i: number
  readonly b: readonly [attemptCount: number, lastAttemptTime: number, draw: number]
  readonly t: number
  readonly r: Readonly<Record<string, number>>
  readonly c: number
  readonly p: readonly [version: number, wakes: number, rolledBack: number]
  /** Snapshots of older programs lack it. */
  readonly s: readonly [
    prefix: number,
    connectAlone: number,
    unfinished: number,
    review: Review,
    suspects: ReadonlyArray<Suspect>,
    /** Only of a device that asks a server for the time. */
    clock?: readonly [last: number, next: number, lost: number, doubted: number]
  ]
  /** Only where the configuration asks for it. */
  readonly n?: Selection
  readonly l?: string
  readonly h?: Thinned
  /** The battery is low. */
  readonly v?: 1
  readonly k?: Commands
  /** Only of a device with several Servers. Longer, because a board's program then has a letter more for its own names. */
  readonly srv?: ServerChoice
}
