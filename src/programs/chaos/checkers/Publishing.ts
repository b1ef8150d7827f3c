/**
 * A reading is left out only where the configuration wants it: it differs by less than `change` from the one published
 * last, that one is no older than `max_silence`, and it crosses no threshold.
 *
 * The readings of this world only rise. So what was published before the last one that was is further away, and a
 * device that has forgotten the last one publishes the more.
 */
import type { SensorConfig } from "../../../domain/config/DeviceConfig.ts"
import type { Checker } from "../life/Checker.ts"
import type { Observation } from "../life/Observation.ts"

/** What a sensor found. */
interface Last {
  readonly temperature: number
  /** The device's clock and the world's time, in milliseconds. */
  readonly clock: number
  readonly at: number
}

/** What a sensor takes to answer. */
const sensorMillis = 5_000

const fault = (sensor: SensorConfig, found: Last, last: Last | undefined): string | undefined => {
  const { above = Infinity } = sensor.temperature
  // All quantities of this world have the same value, and one that has changed is enough.
  const changes = [sensor.temperature, ...(sensor.quantities ?? [])].flatMap((limits) => limits.change ?? [])
  const change = changes.length === 0 ? undefined : Math.min(...changes)
  const name = "left out reading " + found.temperature + " of " + sensor.id
  if (change === undefined) return name + ", though all are to be published"
  if (last === undefined) return name + ", though none was published before"
  const difference = found.temperature - last.temperature
  if (difference > change) return name + ", which differs by " + difference
  if (found.temperature > above && last.temperature <= above) return name + ", which is the first above " + above
  // A clock that is set between the two moves what the device remembers, or does not: it may go by either.
  const silence = Math.min(found.clock - last.clock, found.at - last.at) - sensorMillis
  const most = (sensor.maxSilence ?? 3_600) * 1_000
  return silence > most ? name + " after a silence of " + silence / 1_000 + " s" : undefined
}

const isNewTime = (seen: Observation): boolean =>
  seen._tag === "PowerCut" ||
  seen._tag === "Injected" && (seen.kind === "clockJump" || seen.kind === "clockReset")

const forgetTimes = (readings: Map<string, Last>): void => {
  for (const [id, one] of readings) readings.set(id, { ...one, clock: Infinity, at: Infinity })
}

export const publishing: Checker = {
  name: "publishing",
  promise: "a reading is left out only when the configuration wants that",
  begin: (config) => {
    const sensors = new Map(config.sensors.map((sensor) => [sensor.id, sensor]))
    const found = new Map<string, Last>()
    const last = new Map<string, Last>()
    // A reading under way began by the clock as it was before.
    let isMoved = false
    // Flash does not have it yet: each wake begins to count again.
    let isUnknown = false
    return (seen, { isUnsaved, now }) => {
      if (isNewTime(seen)) isUnknown = isMoved = true
      else if (seen._tag === "Began") isMoved = false
      else if (seen._tag === "Slept" && !isUnsaved) isUnknown = false
      // A device whose clock starts over goes on from where it was: how long it was silent nobody knows.
      if (isNewTime(seen) || seen._tag === "Slept" && isUnknown) [found, last].forEach(forgetTimes)
      if (seen._tag === "Read") {
        // Nothing has left out the one before.
        const before = found.get(seen.sensor)
        if (before !== undefined) last.set(seen.sensor, before)
        const { temperature } = seen.measurement
        if (temperature !== undefined) {
          found.set(seen.sensor, {
            temperature,
            clock: isMoved ? Infinity : now.clock,
            at: isMoved ? Infinity : now.at
          })
        }
        return undefined
      }
      if (seen._tag !== "Emitted" || seen.event._tag !== "Unchanged") return undefined
      const sensor = sensors.get(seen.event.sensor)
      const reading = found.get(seen.event.sensor)
      if (sensor === undefined || reading === undefined) return "left out a reading that was none"
      found.delete(seen.event.sensor)
      return fault(sensor, reading, last.get(seen.event.sensor))
    }
  }
}
