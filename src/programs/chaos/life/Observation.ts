/**
 * What can be observed of a device from outside: each operation of its ports, each event that it emits, what reaches
 * the Server, and the injected faults. The checkers know nothing else of it.
 */
import type { Measurement } from "../../../domain/message/Reading.ts"
import type { Bytes } from "../../../domain/bytes/Bytes.ts"
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import type { StoredState } from "./StoredState.ts"

export type Observation =
  | { readonly _tag: "Began" }
  | { readonly _tag: "Emitted"; readonly event: WakeEvent }
  /** A sensor has answered. */
  | { readonly _tag: "Read"; readonly sensor: string; readonly measurement: Measurement }
  /** A value was read from flash, which may have failed. */
  | { readonly _tag: "Recalled"; readonly name: string; readonly failed: boolean }
  /**
   * A write to flash has ended. `kept` is the content of a state; undefined for other values and for what cannot be
   * read.
   */
  | {
    readonly _tag: "Stored"
    readonly name: string
    readonly size: number
    readonly failed: boolean
    readonly kept: StoredState | undefined
    /** Of a message that goes to the journal. */
    readonly key?: string
  }
  /** Storage compacts: a power cut meanwhile loses the program and all that is kept. */
  | { readonly _tag: "Compacting" }
  | { readonly _tag: "RadioOn" }
  | { readonly _tag: "RadioOff" }
  /** The device waits for a network; then it has one or gives up. */
  | { readonly _tag: "Joining" }
  | { readonly _tag: "Joined"; readonly failed: boolean }
  /** `server`: `host:port`. */
  | { readonly _tag: "Connecting"; readonly server: string }
  | { readonly _tag: "Opened" }
  /** The device writes to the one connection there is; `bytes` are valid for the moment. */
  | { readonly _tag: "Sent"; readonly bytes: Bytes }
  /** The network has taken it. */
  | { readonly _tag: "Taken" }
  | { readonly _tag: "Pulled"; readonly bytes: Bytes }
  | { readonly _tag: "Closed" }
  /** A PUBLISH has reached the Server. */
  | { readonly _tag: "Arrived"; readonly topic: string; readonly payload: Bytes; readonly dup: boolean }
  | { readonly _tag: "Slept"; readonly millis: number; readonly kept: StoredState | undefined }
  /** The wake has ended without a request for sleep; `kept` is what the flash has. */
  | { readonly _tag: "PowerCut"; readonly kept: StoredState | undefined }
  /** The Server keeps a command for the device. */
  | { readonly _tag: "Ordered"; readonly text: string }
  | { readonly _tag: "Injected"; readonly kind: string }
  /** Nothing goes wrong from here on. */
  | { readonly _tag: "Healed" }
  /** The time is over in which a healed world must have received everything. */
  | { readonly _tag: "Ended" }

/** When: the world's time, what the device's clock shows, and what one that is right shows. Milliseconds. */
export interface Moment {
  readonly at: number
  readonly clock: number
  readonly present: number
}
