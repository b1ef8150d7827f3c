/**
 * When a device that goes to sleep wakes again: at its interval, or before, when the reconnect policy lets it try.
 */
import * as Backoff from "../delivery/Backoff.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"
import * as WakePhase from "./WakePhase.ts"

/** What is left of the interval; a wake that took longer still sleeps. A clock that jumped cannot prolong it. */
const restMillis = (config: DeviceConfig, wokeAt: number, now: number): number => {
  const interval = config.publishInterval * 1000
  if (config.spreadWakes) return WakePhase.sleepMillis(config.mqtt.clientId, interval, now)
  const rest = wokeAt + interval - now
  if (rest < shortestSleepMillis) return shortestSleepMillis
  return rest < interval ? rest : interval
}

/**
 * How long to sleep, in milliseconds, at the end of a wake that began at `wokeAt`; both times are milliseconds of the
 * device's clock. Never longer than the interval, and no longer than the policy's wait. But `through` the wait if the
 * next wake will not know of it: that one would try again, as each after it.
 */
export const sleepMillis = (
  config: DeviceConfig,
  reconnect: Backoff.State,
  wokeAt: number,
  now: number,
  through?: boolean
): number => {
  const rest = restMillis(config, wokeAt, now)
  const { enabled, reconnect: policy } = config.mqtt
  if (!enabled || !policy.enabled || reconnect.attemptCount < policy.maxAttempts) return rest
  const wait = Math.max(shortestSleepMillis, Backoff.remainingMillis(policy, reconnect, now))
  return through || wait < rest ? wait : rest
}
