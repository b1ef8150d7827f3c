/** The facts that the checkers use. */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Packet } from "../../../domain/packet/Packet.ts"
import type * as Ledger from "./Ledger.ts"
import type * as Line from "./Line.ts"
import type { Moment } from "./Observation.ts"
import type * as StoredState from "./StoredState.ts"

export interface ObservedState {
  readonly config: DeviceConfig
  now: Moment
  /** Wakes are counted from 1. */
  wake: number
  readonly ledger: Ledger.Ledger
  /** What is in flash; undefined if there is no state that can be read. */
  kept: StoredState.StoredState | undefined
  /** Since the wake began or a state was last saved: one was not saved, or not as the device must believe. */
  isUnsaved: boolean
  /** The last saved state is the first one after some that were not saved: it contains several steps at once. */
  isCatchingUp: boolean
  /** Since the wake began: the device reported that its state was lost. */
  isMemoryLost: boolean
  /** The last read of the state failed: what is in flash is overwritten without being read. */
  isUnread: boolean
  /** The flash was damaged since a state was last written to it. */
  isDamaged: boolean
  /** The next write is torn: even if what is then in flash can be read, it is not what the device must believe. */
  isTorn: boolean
  /** Records of the journal that are torn: the device counts them until it reads them. */
  tornRecords: number
  /** Messages that the device reported as dropped since it last saved its state, and whether it has just done that. */
  dropped: number
  /** Messages that it reported as abandoned since then. */
  abandoned: number
  /** Pending messages about an update since then, which may have been evicted before they were in flash. */
  words: number
  isStored: boolean
  isRadioOn: boolean
  line: Line.Line | undefined
  lines: number
  /** Whole packets that were completed by the last bytes of the device; undefined: bytes that are not a packet. */
  packets: ReadonlyArray<Packet> | undefined
  /** Those among them that say how the device is. */
  statuses: ReadonlyArray<Packet>
  /** Lost readings: by power cuts before they were in flash; reported as not saved or not read; by damaged flash. */
  readonly lost: { power: number; unsaved: number; damaged: number }
  isHealed: boolean
}
