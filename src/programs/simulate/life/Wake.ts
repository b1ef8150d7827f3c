/**
 * The entries of a timeline, and the sum of one wake of it.
 *
 * A device emits its events one by one; a reader thinks in wakes. `add` collects the events between Woke and Sleeping.
 * Times are milliseconds since the timeline began.
 */
import type { WakeEvent } from "../../../domain/wake/WakeEvent.ts"
import * as EventLine from "../../dormouse/terminal/EventLine.ts"

/** What the device keeps in its Storage while it sleeps. */
export interface StoredState {
  readonly bytes: number
  readonly pending: number
  /** Packet Identifiers in flight. */
  readonly inFlight: number
  /** Tries since the last that succeeded. */
  readonly attemptCount: number
  /** Messages acknowledged since the device was made. */
  readonly acknowledged: number
  /** Messages evicted since the device was made. */
  readonly dropped: number
  /** Until the policy allows the next try; 0: at once. */
  readonly nextTryMillis: number
}

export type Entry =
  | { readonly _tag: "Emitted"; readonly at: number; readonly event: WakeEvent }
  /** Comes before the Sleeping of its wake. */
  | { readonly _tag: "Stored"; readonly at: number; readonly kept: StoredState }
  /** Something in the world changes: a line of the story. */
  | { readonly _tag: "Turn"; readonly at: number; readonly title: string }
  /** A message has reached the Server: from the device, or from somebody else (`toDevice`). */
  | {
    readonly _tag: "Message"
    readonly at: number
    readonly topic: string
    readonly payload: string
    readonly dup: boolean
    readonly toDevice: boolean
  }

export type Message = Extract<Entry, { readonly _tag: "Message" }>

export interface Try {
  readonly attempt: number
  /** Undefined: it succeeded, or is not over. */
  readonly failure: string | undefined
  /** Which of several Servers, `host:port`. */
  readonly server?: string
}

export type ConfigCheck =
  | { readonly _tag: "Accepted"; readonly text: string }
  | { readonly _tag: "Refused"; readonly text: string }
  | { readonly _tag: "Unchanged"; readonly text: string }

export interface Wake {
  readonly from: number
  readonly to: number
  readonly readings: number
  /** Of these: not published, because too little of them has changed. */
  readonly unchanged: number
  readonly dropped: number
  /** The policy does not let this wake try. */
  readonly waits: boolean
  readonly tries: ReadonlyArray<Try>
  readonly delivered: number | undefined
  /** Of the last try: when messages last reached the Server, and how often some did, each time in one round trip. */
  readonly arrivedAt: number | undefined
  readonly trips: number
  readonly sessionPresent: boolean
  readonly config: ConfigCheck | undefined
  /** Sensors that failed, memory that was lost, commands: sentences, in their order. */
  readonly remarks: ReadonlyArray<string>
  readonly messages: ReadonlyArray<Message>
  readonly sleepMillis: number
  /** The pin that alone ends the sleep. */
  readonly sleepsOn: number | undefined
  readonly pending: number
  readonly kept: StoredState | undefined
}

export const begin = (at: number): Wake => ({
  from: at,
  to: at,
  readings: 0,
  unchanged: 0,
  dropped: 0,
  waits: false,
  tries: [],
  delivered: undefined,
  arrivedAt: undefined,
  trips: 0,
  sessionPresent: false,
  config: undefined,
  remarks: [],
  messages: [],
  sleepMillis: 0,
  sleepsOn: undefined,
  pending: 0,
  kept: undefined
})

const remark = (wake: Wake, text: string): Wake => ({ ...wake, remarks: wake.remarks.concat([text]) })

const failed = (wake: Wake, attempt: number, failure: string): Wake => ({
  ...wake,
  tries: wake.tries.filter((other) => other.attempt !== attempt).concat([{ attempt, failure }])
})

const tryOf = ({ attempt, server }: Extract<WakeEvent, { readonly _tag: "Trying" }>): Try => ({
  attempt,
  failure: undefined,
  ...(server === undefined ? {} : { server })
})

const addEvent = (wake: Wake, event: WakeEvent): Wake => {
  switch (event._tag) {
    case "Woke":
      return { ...wake, pending: event.pending }
    case "Measured":
      return { ...wake, readings: wake.readings + 1 }
    case "Unchanged":
      return { ...wake, unchanged: wake.unchanged + 1 }
    case "Dropped":
      return { ...wake, dropped: wake.dropped + event.count }
    case "Waiting":
      return { ...wake, waits: true }
    case "Trying":
      return { ...wake, tries: wake.tries.concat([tryOf(event)]), arrivedAt: undefined, trips: 0 }
    case "TryFailed":
      return failed(wake, event.attempt, event.reason)
    case "Connected":
      return { ...wake, sessionPresent: event.sessionPresent }
    case "Delivered":
      return { ...wake, delivered: (wake.delivered ?? 0) + event.count, pending: event.pending }
    case "ConfigAccepted":
      return {
        ...wake,
        config: { _tag: "Accepted", text: "version " + event.version + " is stored and used from the next wake" }
      }
    case "ConfigRefused":
      return { ...wake, config: { _tag: "Refused", text: event.reason } }
    case "ConfigRolledBack":
      return remark(wake, "configuration version " + event.version + " is rolled back: " + event.reason)
    case "ConfigUnchanged":
      return { ...wake, config: { _tag: "Unchanged", text: event.reason } }
    case "Sleeping":
      return { ...wake, sleepMillis: event.millis, sleepsOn: event.onPin, pending: event.pending }
    case "Battery":
      return wake
    case "BatteryLow":
      return remark(wake, EventLine.batteryLow(event))
    case "NotMeasured":
      return remark(wake, "sensor " + event.sensor + ": " + event.reason)
    case "MemoryLost":
      return remark(wake, "the stored " + event.what + " is lost: " + event.reason)
    case "TimeTold":
      return remark(wake, EventLine.timeTold(event))
    case "TimeUnknown":
      return remark(wake, "no time: " + event.reason)
    case "NotSaved":
      return remark(wake, "not saved: " + event.reason)
    case "Ignored":
    case "ConnectAlone":
      return remark(wake, event.reason)
    case "MessageSuspected":
      return remark(wake, "suspected: " + event.reason)
    case "MessageAbandoned":
      return remark({ ...wake, dropped: wake.dropped + 1 }, "abandoned: " + event.reason)
    case "Command":
      return remark(wake, "command: " + EventLine.command(event))
    case "Staying":
      return remark(wake, EventLine.staying(event.millis))
    case "Failed":
      return remark(wake, event.reason)
  }
}

/** A message has reached the Server: what is written at once, arrives at once. */
export const arrive = (wake: Wake, at: number): Wake =>
  wake.arrivedAt === at ? wake : { ...wake, arrivedAt: at, trips: wake.trips + 1 }

/** Adds an entry to a wake. Changes of the world are not part of one. */
export const add = (wake: Wake, entry: Exclude<Entry, { readonly _tag: "Turn" }>): Wake => {
  switch (entry._tag) {
    case "Emitted":
      return { ...addEvent(wake, entry.event), to: entry.at }
    case "Stored":
      return { ...wake, kept: entry.kept }
    case "Message":
      return arrive({ ...wake, messages: wake.messages.concat([entry]) }, entry.at)
  }
}

/** A try has begun and is not over. */
export const isTrying = (wake: Wake): boolean =>
  wake.delivered === undefined && wake.tries.some((one) => one.failure === undefined)
