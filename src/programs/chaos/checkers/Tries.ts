/**
 * The device never tries more often than the reconnect policy allows: `max_attempts` in a row, `try_interval` apart,
 * then min(max_interval, min_interval * backoff_factor ^ n) from the start of one try to the start of the next, by the
 * device's own clock. This file states the rule independently of the program. Turning the radio on is a try, even if
 * the power fails under it: of such tries the device may forget only the first, which it had no time to store.
 */
import type { DeviceConfig, ReconnectPolicy } from "../../../domain/config/DeviceConfig.ts"
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Observation } from "../life/Observation.ts"
import * as StoredState from "../life/StoredState.ts"

/** The rest of a wait that is waited with the radio on. Milliseconds. */
const slackMillis = 1_500

/** A device that is always on measures between the beginning of a try and turning the radio on. */
const slack = ({ deepSleep, sensors }: DeviceConfig): number => slackMillis + (deepSleep ? 0 : sensors.length * 5_000)

/** An always-on connection that has lasted this long was a good one. */
const healthyMillis = 10_000

const wait = (policy: ReconnectPolicy, count: number): number =>
  !policy.enabled || count === 0 ? 0
    : count < policy.maxAttempts ? 1_000 * (policy.tryInterval ?? 0)
    : 1_000 * (1 - policy.jitter) *
      Math.min(policy.maxInterval, policy.minInterval * policy.backoffFactor ** (count - policy.maxAttempts))

/** The shortest wait after one of `count` to `most` tries: with jitter a later one may be shorter than an early one. */
const shortest = (policy: ReconnectPolicy, count: number, most: number): number =>
  most < policy.maxAttempts ? wait(policy, count)
    : Math.min(wait(policy, count), wait(policy, Math.max(count, policy.maxAttempts)))

interface Past {
  /** Tries since the last that succeeded. */
  count: number
  /**
   * At most, since some were delivered: a connection that has lasted counts as good, but may have ended on the first
   * message that was sent when it had; and a try that was forgiven may be in flash.
   */
  most: number
  /** What the device's clock showed at the last one; undefined: nothing follows from it. */
  last: number | undefined
  /** The radio was turned on for a try that has not begun to join. */
  isPending: boolean
  /** The try of this wake, which a power cut may still end; and one that was ended so, and was not stored. */
  isTrying: boolean
  isForgiven: boolean
  /** The flash did not store them: after the wait they are counted from zero. */
  isForgetful: boolean
  /** The clock has jumped in this wake: the device has another time for the beginning of a try than the real one. */
  hasJumped: boolean
  /** What the clock showed last, and whether it went back since the last try: then the next may come at once. */
  latest: number
  hasGoneBack: boolean
  connectedAt: number | undefined
  /** The wake, by the world's time. */
  began: number
  /** The Server has acknowledged a message on this connection. */
  hasDelivered: boolean
  /** Messages that were sent on this connection and are not acknowledged. */
  unacknowledged: number
  /** What was pending when the last try began: with nothing, a Server that accepts the connection has been reached. */
  pending: number
}

const begins = (seen: Observation, past: Past): boolean => {
  if (seen._tag === "RadioOn") return past.isPending = true
  if (seen._tag !== "Joining") return false
  const isNew = !past.isPending
  past.isPending = false
  return isNew
}

const ended = (seen: Extract<Observation, { readonly _tag: "Slept" | "PowerCut" }>, past: Past): void => {
  const isForgotten = past.isTrying && seen._tag === "PowerCut" && (seen.kept?.attemptCount ?? 0) < past.count
  if (isForgotten && !past.isForgiven) past.count--
  past.isForgiven = isForgotten
  // The power was cut before flash had it that some were delivered.
  past.most = Math.max(past.most, seen.kept?.attemptCount ?? 0)
  past.isPending = past.isTrying = past.hasJumped = false
}

/** The clock was set, and what the device keeps was moved with it. */
const moved = (seen: Observation, past: Past): void => {
  if (seen._tag !== "Emitted" || seen.event._tag !== "TimeTold" || !seen.event.isSet) return
  if (past.last !== undefined) past.last += seen.event.millis
  past.latest += seen.event.millis
}

const learn = (seen: Observation, past: Past, facts: ObservedState): void => {
  if (seen._tag === "Began") past.began = facts.now.at
  if (seen._tag === "Emitted" && seen.event._tag === "Connected") past.connectedAt = facts.now.at
  if (seen._tag === "Emitted" && seen.event._tag === "Delivered") {
    const { count, pending } = seen.event
    // A connection that delivered and ended with more pending was worth its try, on a device that is always on too.
    if (count > 0 && pending > 0 || facts.config.deepSleep && pending === 0) past.count = past.most = 0
  }
  if (seen._tag === "Pulled" && facts.line !== undefined && facts.line.sent.size > facts.line.unacknowledged.size) {
    past.hasDelivered = true
  }
  // It ended with more pending, of which the device had not reported that it delivered.
  if (seen._tag === "Closed" && past.hasDelivered && past.unacknowledged > 0) past.count = 0
  past.unacknowledged = facts.line?.unacknowledged.size ?? 0
  // If a connection ends after its data was delivered, this is no failed try, even if it delivered only a message about
  // an update.
  if (seen._tag === "Emitted" && seen.event._tag === "Trying") past.pending = seen.event.pending
  if ((past.hasDelivered || past.pending === 0) && seen._tag === "Emitted" && seen.event._tag === "ConfigUnchanged") {
    past.count = 0
  }
  // The Server took all that the device could read: what lies in a journal that flash does not give is no failed try.
  const isUnread = seen._tag === "Recalled" && seen.name === StoredState.journalName && seen.failed ||
    seen._tag === "Emitted" && seen.event._tag === "MemoryLost"
  if (facts.line !== undefined && isUnread) past.count = 0
  // Nothing comes out of the journal once half of the wake's time is over: all else was taken.
  const isLate = facts.now.at - past.began >= facts.config.awakeTimeout * 500
  const isConnected = seen._tag === "Emitted" && seen.event._tag === "Connected"
  if (isConnected && isLate && facts.config.deepSleep && facts.kept?.entries === 0) past.count = 0
  if (seen._tag === "Slept" && past.connectedAt !== undefined && !facts.config.deepSleep) past.count = 0
  if (seen._tag === "Slept" || seen._tag === "PowerCut") ended(seen, past)
  if (seen._tag === "Injected" && (seen.kind === "clockJump" || seen.kind === "clockReset")) past.hasJumped = true
  // A device that lost its memory starts from zero, and has reported this. So does a device that has gone back to a
  // configuration with which it did reach the Server; it can do that once for each update.
  const isBack = seen._tag === "Emitted" && seen.event._tag === "ConfigRolledBack"
  if (facts.isMemoryLost || isBack || ((facts.isUnsaved || past.isForgetful) && seen._tag === "PowerCut")) {
    past.count = 0
    past.last = undefined
    past.isForgetful = false
  }
  // A device that could not store its tries counts from zero, but has slept through the wait.
  if (facts.isUnsaved && seen._tag === "Slept") past.isForgetful = true
}

export const tries: Checker = {
  name: "tries",
  promise: "never more tries than the reconnect policy allows",
  begin: (config) => {
    const policy = config.mqtt.reconnect
    const past: Past = {
      count: 0,
      most: 0,
      last: undefined,
      isPending: false,
      isTrying: false,
      isForgiven: false,
      isForgetful: false,
      hasJumped: false,
      latest: 0,
      hasGoneBack: false,
      connectedAt: undefined,
      began: 0,
      hasDelivered: false,
      unacknowledged: 0,
      pending: 1
    }
    return (seen, facts) => {
      moved(seen, past)
      learn(seen, past, facts)
      if (facts.now.clock < past.latest) past.hasGoneBack = true
      past.latest = facts.now.clock
      if (!begins(seen, past)) return undefined
      const { at, clock } = facts.now
      const { most } = past
      if (past.connectedAt !== undefined && !config.deepSleep && at - past.connectedAt >= healthyMillis) past.count = 0
      const { count } = past
      const least = shortest(policy, count, most)
      past.most = most + 1
      const last = past.hasJumped ? undefined : past.last
      past.count = past.isForgetful ? 1 : count + 1
      past.isForgetful = false
      past.isTrying = true
      past.last = past.hasJumped ? undefined : clock
      past.connectedAt = undefined
      past.hasDelivered = false
      const isExcused = past.hasGoneBack
      past.hasGoneBack = false
      if (isExcused || last === undefined || clock < last || clock - last >= least - slack(config)) {
        return undefined
      }
      return "try " + (count + 1) + " began " + (clock - last) / 1_000 +
        " s after the one before, the policy asks for " + least / 1_000 + " s"
    }
  }
}
