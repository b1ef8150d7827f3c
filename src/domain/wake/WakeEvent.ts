/**
 * What a device emits about its life, as plain values: each platform shows them in its own way. Times and durations are
 * milliseconds.
 */
export type WakeEvent =
  | { readonly _tag: "Woke"; readonly pending: number; readonly attemptCount: number }
  /** The stored snapshot (`what`) could not be read, and a new one replaced it. */
  | { readonly _tag: "MemoryLost"; readonly what: string; readonly reason: string }
  | { readonly _tag: "Measured"; readonly sensor: string; readonly temperature?: number; readonly humidity?: number }
  | { readonly _tag: "NotMeasured"; readonly sensor: string; readonly reason: string }
  /** Too little of that reading has changed for it to be published. */
  | { readonly _tag: "Unchanged"; readonly sensor: string }
  /** What the battery has, before the radio is on. */
  | { readonly _tag: "Battery"; readonly volts: number; readonly percent: number }
  /** The battery is low, or no longer: from now on there are so many milliseconds between two connections at least. */
  | {
    readonly _tag: "BatteryLow"
    readonly isLow: boolean
    readonly percent: number
    readonly sendsEvery: number
  }
  /** The Outbox was full, and so many messages were evicted. */
  | { readonly _tag: "Dropped"; readonly count: number }
  /** The policy does not let this wake try, or not again: the next try may be after `millis`. */
  | { readonly _tag: "Waiting"; readonly millis: number; readonly attemptCount: number }
  /** `server`, `host:port`: which of several Servers. */
  | { readonly _tag: "Trying"; readonly attempt: number; readonly pending: number; readonly server?: string }
  | { readonly _tag: "TryFailed"; readonly attempt: number; readonly error: string; readonly reason: string }
  | { readonly _tag: "Connected"; readonly sessionPresent: boolean }
  | { readonly _tag: "Delivered"; readonly count: number; readonly pending: number }
  /** The first acknowledgement on this connection for which nothing waits. */
  | { readonly _tag: "Ignored"; readonly reason: string }
  /** A connection ended on a message: in the next ones it goes after the others. */
  | { readonly _tag: "MessageSuspected"; readonly reason: string; readonly failures: number }
  /** Connections ended on a message again and again, and the Server took others: the message is not sent any more. */
  | { readonly _tag: "MessageAbandoned"; readonly reason: string }
  /** A connection ended before CONNACK: the next CONNECT goes alone. */
  | { readonly _tag: "ConnectAlone"; readonly reason: string }
  | { readonly _tag: "ConfigAccepted"; readonly version: number }
  /** The Server could not be reached with this version: the configuration before it is in use again. */
  | { readonly _tag: "ConfigRolledBack"; readonly version: number; readonly reason: string }
  | { readonly _tag: "ConfigRefused"; readonly reason: string }
  /** A configuration check that changed nothing: there was none, or it was not newer. */
  | { readonly _tag: "ConfigUnchanged"; readonly reason: string }
  /** A command, and how it was answered (`message/Command`). */
  | {
    readonly _tag: "Command"
    readonly command: string
    readonly id?: string
    readonly seconds?: number
    readonly status: string
    readonly reason: string | undefined
  }
  /** A device that would sleep stays awake, for `millis` if nothing ends it before. */
  | { readonly _tag: "Staying"; readonly millis: number }
  /** A server has told the time: the clock was behind by `millis` (ahead, if less than 0), and is set or left so. */
  | { readonly _tag: "TimeTold"; readonly millis: number; readonly isSet: boolean }
  /** A server was asked for the time in vain. */
  | { readonly _tag: "TimeUnknown"; readonly reason: string }
  | { readonly _tag: "NotSaved"; readonly reason: string }
  /** Something happened that must not happen; the device sleeps and continues. */
  | { readonly _tag: "Failed"; readonly reason: string }
  /**
   * With `onPin` it is a pin that alone ends the sleep: how long it is nobody knows, and `millis` says how long it would
   * be without.
   */
  | { readonly _tag: "Sleeping"; readonly millis: number; readonly pending: number; readonly onPin?: number }

/** Takes one event. It does not wait and does not fail. */
export type Emit = (event: WakeEvent) => void

/** Emits how many messages were evicted, if any were. */
export const emitDropped = (emit: Emit, count: number): void => {
  if (count > 0) emit({ _tag: "Dropped", count })
}
