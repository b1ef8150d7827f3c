/**
 * A device measures, whatever the network does: each wake reads every sensor that is due, whether or not it may try,
 * unless its own time limit ended it. A device that is always on never waits much longer than its interval before it
 * reads one, and reads none more often than its interval and the waits of its reconnect policy bring: or what comes from
 * a Server that ends each connection would be more than what goes to it.
 */
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Checker } from "../life/Checker.ts"
import type { ObservedState } from "../life/ObservedState.ts"
import type { Observation } from "../life/Observation.ts"

/** Joining, connecting and delivering may each take time before an always-on device looks at its clock again. */
const slackMillis = 200_000

/** The sensor that has answered, or on which the device has stopped waiting. */
const asked = (seen: Observation): string | undefined =>
  seen._tag === "Read" ? seen.sensor
    : seen._tag === "Emitted" && seen.event._tag === "NotMeasured" ? seen.event.sensor : undefined

const sleeping = ({ sensors }: DeviceConfig) => {
  const always = sensors.filter(({ interval }) => interval === 0).map(({ id }) => id)
  let done = new Set<string>()
  let isCut = false
  return (seen: Observation): string | undefined => {
    if (seen._tag === "Began") {
      done = new Set()
      isCut = false
    }
    const sensor = asked(seen)
    if (sensor !== undefined) done.add(sensor)
    if (seen._tag === "Emitted" && seen.event._tag === "Failed") isCut = true
    if (seen._tag !== "Slept" || isCut) return undefined
    const missed = always.filter((id) => !done.has(id))
    return missed.length === 0 ? undefined : "a wake did not ask " + missed.join(", ")
  }
}

/** After so many readings of a sensor one more must have been waited for. */
const spare = 3

/** The shortest wait of the policy that brings a reading; those in a row share one. Milliseconds. */
const shortestWait = ({ mqtt, publishInterval }: DeviceConfig): number => {
  const { enabled, jitter, maxInterval, minInterval } = mqtt.reconnect
  return 1_000 * (enabled ? Math.min(minInterval, maxInterval) * (1 - jitter) : publishInterval)
}

/** For a device that is always on: whether it has read a sensor too often. */
const pacing = (config: DeviceConfig) => {
  const wait = shortestWait(config)
  const read = new Map<string, number>()
  let since = 0
  return (seen: Observation, { kept, now: { at } }: ObservedState): string | undefined => {
    const isMoved = seen._tag === "Injected" && /^clock(Jump|Reset)$/.test(seen.kind)
    const isAsked = seen._tag === "Emitted" && (seen.event._tag === "Command" || seen.event._tag === "TimeTold")
    if (seen._tag === "Began" || isMoved || isAsked) {
      read.clear()
      since = at
    }
    const sensor = asked(seen)
    if (sensor === undefined) return undefined
    const count = (read.get(sensor) ?? 0) + 1
    read.set(sensor, count)
    const interval = Math.min(config.publishInterval, kept?.interval || Infinity)
    const waits = (at - since) * (1 / (interval * 1_000) + 1 / wait)
    return count > waits + spare ? "read " + sensor + " " + count + " times in " + (at - since) / 1_000 + " s"
      : undefined
  }
}

export const measuring: Checker = {
  name: "measuring",
  promise: "it measures at its interval, whatever the network does",
  begin: (config) => {
    if (config.deepSleep) return sleeping(config)
    const tooOften = pacing(config)
    const bound = config.publishInterval * 1_000 + slackMillis
    let since = 0
    // How many readings a clock that was set back may delay, each by as much: the next one of each sensor, and the one
    // after a reading in progress.
    let late = 0
    return (seen, facts) => {
      const { now } = facts
      const waited = now.at - since
      // Nothing measures without power.
      if (seen._tag === "PowerCut") since = Infinity
      const allowed = bound + (late > 0 ? config.publishInterval * 1_000 : 0)
      if (seen._tag === "Injected" && (seen.kind === "clockJump" || seen.kind === "clockReset")) {
        late = 2 * config.sensors.length
      }
      if (seen._tag === "Began" || asked(seen) !== undefined) {
        since = now.at
        late = Math.max(0, late - 1)
      }
      const isLate = waited > allowed && seen._tag !== "Began"
      return tooOften(seen, facts) ??
        (isLate ? "asked no sensor for " + Math.round(waited / 1_000) + " s" : undefined)
    }
  }
}
