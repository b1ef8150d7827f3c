/** Which sensors are read when, and what happens with the readings. */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import { isCompared } from "../config/limits.ts"
import { patch } from "../state/patch.ts"
import type * as DeviceState from "../state/DeviceState.ts"
import * as Outbox from "../delivery/Outbox.ts"
import * as Reading from "../message/Reading.ts"
import { misnamed } from "./misnamed.ts"
import { select } from "./onChange.ts"
import * as SensorSchedule from "./SensorSchedule.ts"
import { shown } from "./Timing.ts"
import type { Wake } from "./Wake.ts"

/** A board's bundle may come without them. */
const selected: typeof select | undefined = select
const naming: typeof misnamed | undefined = misnamed
const showing: typeof shown | undefined = shown

/** Whether a sensor is due at `now`, in milliseconds. */
export const isDue = (wake: Pick<Wake, "state">, sensor: SensorConfig, now: number): boolean =>
  sensor.interval === 0 || SensorSchedule.isDue(wake.state, sensor, now)

/** Whole seconds since the device's first wake. */
export const uptime = ({ startedAt }: DeviceState.DeviceState, now: number): number => {
  const millis = now > startedAt ? now - startedAt : 0
  // Math.floor costs a board twice as much.
  return (millis - millis % 1000) / 1000
}

/**
 * More is pending than there is room for in the Outbox, or not only there: it is decided what goes where (`Backlog.spill`).
 */
export const isFull = ({ config, state }: Pick<Wake, "config" | "state">): boolean => {
  const size = Outbox.size(state.outbox)
  // Math.min costs a board much.
  return state.journal > 0 || size > config.sensors.length * Outbox.fewEntries ||
    size > config.mqtt.outbox.capacity
}

/** Puts the messages of a reading that began at `now` into the Outbox. */
export const enqueue = (
  wake: Pick<Wake, "state">,
  sensor: SensorConfig,
  messages: ReadonlyArray<Outbox.Message>,
  now: number
): void => {
  const outbox = Outbox.add(wake.state.outbox, messages)
  wake.state = patch(wake.state, { outbox })
  if (sensor.interval > 0) wake.state = SensorSchedule.taken(wake.state, sensor.id, now)
  if (showing !== undefined) wake.state = showing(wake.state, now)
}

/** What a sensor has measured. The reading began at `now`, in milliseconds. */
export const measured = (wake: Wake, sensor: SensorConfig, measurement: Reading.Measurement, now: number): void => {
  const { config, emit, state } = wake
  emit({ _tag: "Measured", sensor: sensor.id, ...measurement })
  if (naming !== undefined && naming(wake, sensor, measurement)) return
  if (!config.mqtt.enabled) return
  if (selected !== undefined && isCompared(sensor) && !selected(wake, sensor, measurement, now)) {
    emit({ _tag: "Unchanged", sensor: sensor.id })
    enqueue(wake, sensor, [], now)
    return
  }
  const reading = { sensor, uptime: uptime(state, now), ...measurement }
  enqueue(wake, sensor, Reading.toMessages(reading, config.mqtt.publishValues), now)
}
