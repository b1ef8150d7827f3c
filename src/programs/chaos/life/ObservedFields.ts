/** The facts on which the checkers judge. */
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
  /** What the flash holds; undefined when it holds no state that can be read. */
  kept: StoredState.StoredState | undefined
  /** Since the wake began or a state was last saved: one was not saved, or not as the device must believe. */
  isUnsaved: boolean
  /** The last that was saved is the first behind some that were not: it tells of several steps at once. */
  isCatchingUp: boolean
  /** Since the wake began: the device told that its state was lost. */
  isMemoryLost: boolean
  /** The last read of the state failed: what flash holds of it is written over unseen. */
  isUnread: boolean
  /** The flash was damaged since a state was last written to it. */
  isDamaged: boolean
  /** The next write is torn: even if what then lies in flash can be read, it is not what the device must believe. */
  isTorn: boolean
  /** Messages that the device told to have dropped since it last saved its state, and whether it has just done that. */
  dropped: number
  /** Messages that it told to have abandoned since then. */
  abandoned: number
  /** Messages about an update that it has pending since then, which may have given way before they were in flash. */
  words: number
  isStored: boolean
  isRadioOn: boolean
  line: Line.Line | undefined
  lines: number
  /** Whole packets that came with what was just seen from the device; undefined: bytes that are none. */
  packets: ReadonlyArray<Packet> | undefined
  /** Those among them that say how the device is. */
  statuses: ReadonlyArray<Packet>
  /**
   * Readings that were lost: with the power, before they were in flash; told as not saved or not read; with damaged
   * flash.
   */
  readonly lost: { power: number; unsaved: number; damaged: number }
  isHealed: boolean
}
