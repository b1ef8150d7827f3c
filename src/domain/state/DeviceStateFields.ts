/** What a device keeps across deep sleep, field by field; what is done with it is in DeviceState. */
import type * as Backoff from "../delivery/Backoff.ts"
import type * as Outbox from "../delivery/Outbox.ts"
import type * as Session from "../delivery/Session.ts"
import type { Commands } from "./Commands.ts"
import type { Selection } from "./Selection.ts"
import type { ServerChoice } from "./ServerChoice.ts"
import type { Thinned } from "./Thinned.ts"

export interface DeviceState {
  readonly outbox: Outbox.Outbox
  /** Position in the journal of the first message that is pending behind the Outbox's; 0: there is none. */
  readonly journal: number
  /** How many they are, as far as is known: no snapshot has it. */
  readonly journaled: number
  readonly session: Session.Session
  readonly reconnect: Backoff.State
  /** Which of them lie in a sheet beside the journal. Only with `thin_older`. */
  readonly thinned?: Thinned | undefined
  /** The clock, in milliseconds, at the device's first wake; `uptime` counts from it. */
  readonly startedAt: number
  /** Sensor id -> the clock, in milliseconds, at its last reading. Only of sensors with an interval of their own. */
  readonly readAt: Readonly<Record<string, number>>
  /** Tells the configuration update that was judged last from others, so that it is reported once; 0: none was. */
  readonly refusedUpdate: number
  /** The version of the update that is on probation, 0: none, and the wakes that tried it. */
  readonly probation: { readonly version: number; readonly wakes: number }
  /** The version that was rolled back and must not be taken again; 0: none. */
  readonly rolledBack: number
  /** Messages on which the Server has ended connections (`Quarantine`). Usually none. */
  readonly suspects: ReadonlyArray<Suspect>
  /** CONNECT goes alone; 0: with all that follows it (`ConnectionEnd`). */
  readonly connectAlone: number
  /** CRC-32 of the `topic_data_prefix` under which all that is in flight was sent. */
  readonly prefix: number
  /** Wakes in a row that ended while they were sending: the power was cut, or memory ran out. */
  readonly unfinished: number
  /** The update that was reviewed last, and how many of its reviews did not end. */
  readonly review: Review
  /** Which readings were published last. Only where the configuration asks for it (`onChange`). */
  readonly selection?: Selection | undefined
  /** What went wrong last and was not yet reported; none or empty: nothing. Only with `publish_status` (`errorIn`). */
  readonly lastError?: string | undefined
  /** The battery was low when it was last measured. Only where the configuration names one. */
  readonly isBatteryLow?: boolean | undefined
  /** What is known of the clock. Only of a device that asks a server for the time. */
  readonly clock?: ClockState | undefined
  /** What commands have changed, and which were done. Only of a device that takes them. */
  readonly commands?: Commands | undefined
  /** Which Server has its turn. Only where the configuration names several. */
  readonly servers?: ServerChoice | undefined
}

/** Times of the device's clock, in milliseconds. */
export interface ClockState {
  /** What it showed at the last reading, or when it was set: where it shows no more, it has started over. */
  readonly last: number
  /** No server is asked before. */
  readonly next: number
  /** Outbox entries up to this one are from before a clock started over that was never set: nobody knows when. */
  readonly lost: number
  /** By how much the last answer differed, if that was more than is believed at once; else 0. */
  readonly doubted: number
}

/** An Outbox entry, and the connections that ended when it was the first not acknowledged. */
export type Suspect = readonly [entry: number, failures: number]

/** CRC-32 of what was reviewed; 0: nothing was. */
export type Review = readonly [crc: number, deaths: number]
