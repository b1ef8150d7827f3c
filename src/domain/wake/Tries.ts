/**
 * Whether and when a wake tries to reach the Server, and what follows from a try that has ended.
 */
import * as Backoff from "../delivery/Backoff.ts"
import { patch } from "../state/patch.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Session from "../delivery/Session.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"
import type { Attempt } from "./Attempt.ts"
import * as Held from "./Held.ts"
import * as Probation from "./Probation.ts"
import { isNews } from "./isNews.ts"
import { isQuiet } from "./quiet.ts"
import { isEarly } from "./seldom.ts"
import { again, choose } from "./Servers.ts"
import * as Wake from "./Wake.ts"

/** A board's bundle may leave them out. */
const quiet: typeof isQuiet | undefined = isQuiet
const early: typeof isEarly | undefined = isEarly
const news: typeof isNews | undefined = isNews
const choosing: typeof choose | undefined = choose
const repeating: typeof again | undefined = again

/** What a wake may do, decided as it begins. Times in milliseconds. */
export interface Plan {
  readonly wokeAt: number
  /** The state of the policy at that time. */
  readonly reconnect: Backoff.State
  /** Until the policy allows a try. */
  readonly delay: number
  /** The wake has nothing to send, unless a sensor becomes due, or need not send it yet. */
  readonly isSilent: boolean
  /** The radio is turned on before the sensors are read. */
  readonly isDue: boolean
  /**
   * The try must count before the radio is on: if the battery is too weak for the radio, the board resets. That may
   * have happened in the wake before.
   */
  readonly isCountedFirst: boolean
}

/**
 * Whether a try counts before the radio is on: after a failure, or if the clock has started over, the radio may be what
 * resets the board.
 */
export const countsFirst = (reconnect: Backoff.State, stored: Wake.Wake["stored"], wokeAt: number): boolean =>
  reconnect.attemptCount > 0 || wokeAt <= reconnect.lastAttemptTime || stored === undefined

/** What a wake that began at `wokeAt`, in milliseconds, may do. */
export const plan = (wake: Pick<Wake.Wake, "config" | "state" | "stored" | "battery">, wokeAt: number): Plan => {
  const { config, state, stored } = wake
  const { mqtt } = config
  const { reconnect } = state
  const delay = Backoff.remainingMillis(mqtt.reconnect, reconnect, wokeAt)
  const isSilent = (news === undefined || !news(wake)) &&
    (quiet !== undefined && quiet(wake, wokeAt) || early !== undefined && early(wake, wokeAt))
  const isDue = mqtt.enabled && !isSilent && delay <= shortestSleepMillis
  const isCountedFirst = isDue && countsFirst(reconnect, stored, wokeAt)
  return { wokeAt, reconnect, delay, isSilent, isDue, isCountedFirst }
}

/**
 * Milliseconds until the first try of a wake whose sensors are read; undefined: there is none in this wake. `now`: the
 * clock, in milliseconds.
 */
export const untilFirst = (
  wake: Pick<Wake.Wake, "config" | "state" | "stored" | "isUnsaved" | "emit">,
  planned: Plan,
  now: number
): number | undefined => {
  const { config, state } = wake
  const { delay, isDue, isSilent, reconnect } = planned
  if (!config.mqtt.enabled || (isSilent && DeviceState.pending(state) === 0)) return undefined
  if (early !== undefined && isSilent && early(wake, planned.wokeAt)) return undefined
  // The time may have come while the sensors were read. If the radio is on, a clock that was set back meanwhile changes
  // nothing.
  const remaining = isDue && delay === 0 ? 0 : Backoff.remainingMillis(config.mqtt.reconnect, reconnect, now)
  const left = isDue && remaining > delay ? delay : remaining
  if (left <= shortestSleepMillis) return left
  wake.emit({ _tag: "Waiting", millis: left, attemptCount: reconnect.attemptCount })
  return undefined
}

/**
 * When the first try begins that was found at `now` to be `left` milliseconds away; undefined: it has begun, and counts
 * already. A try that was allowed when the wake began counts from then.
 */
export const startOfFirst = (
  { delay, isCountedFirst, isDue, wokeAt }: Plan,
  now: number,
  left: number
): number | undefined => isCountedFirst && delay === 0 ? undefined : isDue && delay === 0 ? wokeAt : now + left

/** A try has its Server, and its messages get their Packet Identifiers. These must be stored before anything is sent. */
export const begin = (wake: Wake.Wake): void => {
  if (choosing !== undefined) choosing(wake)
  if (wake.state.suspects[0]) Held.begin(wake)
  Wake.assign(wake)
}

/** What ended a connection too early. */
export interface Failure {
  readonly _tag: string
  readonly message: string
}

/** A try of a wake has ended. True: everything pending is delivered. */
export const ended = (attempt: Attempt, failure: Failure | undefined): boolean => {
  const { accepted, delivered, isReached, wake } = attempt
  const { reconnect, suspects } = wake.state
  // The Server takes other messages, so it was reached, whatever happens with those that it may not accept.
  const pending = DeviceState.pending(wake.state)
  const isAllElse = isReached || pending <= suspects.length
  const isOut = accepted && (pending === 0 || delivered > 0 && isAllElse)
  wake.held = []
  if (isOut && Probation.isOn(wake)) Probation.pass(wake, delivered)
  if (wake.state.unfinished > 0) wake.state = patch(wake.state, { unfinished: 0 })
  if (failure === undefined) return true
  const { _tag: error, message: reason } = failure
  if (repeating !== undefined && error === "WifiError") repeating(wake)
  // What goes wrong after the data was delivered is reported, and is no reason to try again.
  if (isOut) wake.emit({ _tag: "ConfigUnchanged", reason })
  else wake.emit({ _tag: "TryFailed", attempt: reconnect.attemptCount, error, reason })
  return isOut
}

/**
 * A try at `now` failed: milliseconds until the next one of this wake; undefined: there is none, and the time of the
 * next try is emitted.
 */
export const untilNext = (wake: Pick<Wake.Wake, "config" | "state" | "emit">, now: number): number | undefined => {
  const { config, emit, state } = wake
  // What this connection waited for will not be answered on the next one.
  wake.state = patch(state, { session: Session.disconnected(state.session) })
  const policy = config.mqtt.reconnect
  // With the policy off there is one try in a wake, or the wake would never end.
  if (!policy.enabled) return undefined
  const { reconnect } = state
  const wait = Backoff.remainingMillis(policy, reconnect, now)
  if (wait === 0 || reconnect.attemptCount < policy.maxAttempts) return wait
  emit({ _tag: "Waiting", millis: wait, attemptCount: reconnect.attemptCount })
  return undefined
}

/** The tries of this wake have ended well. */
export const succeeded = (wake: Pick<Wake.Wake, "state">): void => {
  wake.state = patch(wake.state, { reconnect: Backoff.succeeded(wake.state.reconnect) })
}
