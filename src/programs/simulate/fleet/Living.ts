/** What a direct wake (`DirectWake`) is lived with, and its journal. */
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as DeviceState from "../../../domain/state/DeviceState.ts"
import * as JournalMemory from "../../../domain/state/JournalMemory.ts"
import type { Journal } from "../../../domain/state/Journal.ts"
import * as Thinned from "../../../domain/state/Thinned.ts"
import type * as Wake from "../../../domain/wake/Wake.ts"
import type { Conditions } from "./Conditions.ts"
import type { Device } from "./Device.ts"
import * as LazyMessages from "./LazyMessages.ts"
import type * as Lived from "./Lived.ts"

/** How long things take in the simulated world, in milliseconds. */
export interface Physics {
  /** From the device to the Server, or back. */
  readonly latencyMillis: number
  readonly sensorMillis: number
  readonly measure: LazyMessages.Measure
  /**
   * How long a device looks for an update under these conditions, when it finds none; undefined: the program has not
   * shown it yet. It depends on what is retained, and on what the device has and has refused.
   */
  readonly checkMillis: (config: DeviceConfig, state: DeviceState.DeviceState) => number | undefined
}

/** What a wake is lived with. */
export interface Living {
  readonly device: Device
  readonly conditions: Conditions
  readonly physics: Physics
  readonly lived: Lived.Lived
  readonly wake: Wake.Wake
  /** What was written last, as far as the journal made it necessary. */
  saved: DeviceState.DeviceState | undefined
}

/** The snapshot says what was written last. What lies behind the journal's beginning is not in it. */
export const isKept = ({ saved, wake: { state } }: Living): boolean =>
  saved !== undefined && (saved === state || state.journal > 0 &&
      Bytes.equals(DeviceState.encode(LazyMessages.finish(saved)), DeviceState.encode(LazyMessages.finish(state))))

/** The device's journal. Each write counts; that a state is written is what happens to it here. */
export const accessOf = (living: Living): { readonly journal: () => Journal; readonly save: () => void } => {
  const { device, lived, wake } = living
  const { append, end, read, sheets } = JournalMemory.journal(device.journal)
  const appending: Journal["append"] = (record, keep, bytes) => {
    lived.writes++
    return append(record, keep, bytes)
  }
  const open: Journal["sheets"]["open"] = (sheet, bytes) => {
    lived.writes++
    return sheets.open(sheet, bytes)
  }
  return {
    journal: () => ({
      append: Thinned.appending(appending, wake.state.thinned),
      read: Thinned.reading(read, sheets, wake.state.thinned),
      end,
      sheets: { read: sheets.read, open }
    }),
    save: () => {
      lived.writes++
      living.saved = wake.state
    }
  }
}
