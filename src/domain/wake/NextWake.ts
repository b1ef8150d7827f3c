/**
 * When a device that goes to sleep wakes again: at its interval, or earlier if the reconnect policy then lets it try.
 */
import * as Backoff from "../delivery/Backoff.ts"
import type { DeviceConfig } from "../config/DeviceConfig.ts"
import { shortestSleepMillis } from "./shortestSleep.ts"
import * as WakePhase from "./WakePhase.ts"

/**
 * The rest of the interval; a wake that took longer than the interval still sleeps. A clock that jumped cannot make it
 * longer.
 */
const restMillis = (config: DeviceConfig, wokeAt: number, now: number): number => {
  const interval = config.publishInterval * 1000
  if (config.spreadWakes) return WakePhase.sleepMillis(config.mqtt.clientId, interval, now)
  const rest = wokeAt + interval - now
  if (rest < shortestSleepMillis) return shortestSleepMillis
  return rest < interval ? rest : interval
}

/**
 * How long to sleep, in milliseconds, at the end of a wake that began at `wokeAt`. Both times are milliseconds of the
 * device's clock. Never longer than the interval, and no longer than the policy's wait. With `through` the device
 * sleeps through the whole wait, because the next wake will not know about it (flash did not store it), and would try
 * again.
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
