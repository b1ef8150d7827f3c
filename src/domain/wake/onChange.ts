/**
 * Which readings are published. With `change` a reading goes out only when it differs by so much from the last one that
 * did, or when that is `max_silence` old. One that crosses `above` or `below` goes out in any case, and at once.
 *
 * All values are compared in the unit in which they are published. A board whose configuration asks for none of it does
 * without this.
 */
import type { SensorConfig } from "../config/DeviceConfig.ts"
import { isSelective, standardSilence } from "../config/limits.ts"
import type * as Outbox from "../delivery/Outbox.ts"
import * as Reading from "../message/Reading.ts"
import { patch } from "../state/patch.ts"
import type { DeviceState } from "../state/DeviceState.ts"
import type { Judged, Published, Selection } from "../state/Selection.ts"
import { judgeQuantities } from "./judgeQuantities.ts"
import { alarmBase, alarmOf, isApart } from "./Thresholds.ts"
import type { Wake } from "./Wake.ts"

/** Timers are not exact: a wake that comes so early, as a share of the time between two, counts as in time. */
const tolerance = 1 / 60

/** A board's bundle may come without it. */
const ofQuantities: typeof judgeQuantities | undefined = judgeQuantities

const judge = (
  sensor: SensorConfig,
  { humidity, temperature }: Reading.Measurement,
  [, lastTemperature, lastHumidity, alarm]: Published,
  now: number
): Judged => {
  const warmth = Reading.isValue(temperature) ? Reading.inUnit(temperature, sensor.temperature.unit) : undefined
  const wetness = Reading.isValue(humidity) ? humidity : undefined
  const before = alarm % alarmBase
  const warm = warmth === undefined ? before : alarmOf(warmth, sensor.temperature, before)
  const beforeWet = (alarm - before) / alarmBase
  const wet = wetness === undefined ? beforeWet : alarmOf(wetness, sensor.humidity, beforeWet)
  return {
    next: [now, warmth === undefined ? lastTemperature : Reading.rounded(warmth),
      wetness === undefined ? lastHumidity : Reading.rounded(wetness), warm + alarmBase * wet],
    hasChanged: warmth !== undefined && isApart(warmth, lastTemperature, sensor.temperature) ||
      wetness !== undefined && isApart(wetness, lastHumidity, sensor.humidity)
  }
}

const never: Published = [0, null, null, 0]
const none: Selection = [0, {}]

/**
 * Whether a reading that began at `now`, in milliseconds, is published; then it is remembered as the last one that was.
 * A clock that was set back publishes it. One that crosses a threshold is urgent (`isUrgent`).
 */
export const select = (
  wake: Pick<Wake, "config" | "state">,
  sensor: SensorConfig,
  measurement: Reading.Measurement,
  now: number
): boolean => {
  const { config, state } = wake
  const [urgent, published] = state.selection ?? none
  const last = published[sensor.id]
  const { hasChanged, next } = ofQuantities !== undefined && sensor.quantities !== undefined
    ? ofQuantities(sensor, measurement, last ?? never, now) : judge(sensor, measurement, last ?? never, now)
  const isCrossing = next[3] !== (last ?? never)[3]
  const silence = last === undefined ? 0 : now - last[0]
  const isDue = last === undefined || silence < 0 ||
    silence >= ((sensor.maxSilence ?? standardSilence) - config.publishInterval * tolerance) * 1000
  if (isSelective(sensor) && !isCrossing && !hasChanged && !isDue) return false
  wake.state = patch(state, {
    // Its message will have the next id, behind those that come out of the journal.
    selection: [isCrossing ? state.outbox.lastId + state.journaled + 1 : urgent, { ...published, [sensor.id]: next }]
  })
  return true
}

/** A message that is to be sent at once is still pending, or one before it. */
export const isUrgent = ({ outbox: { entries }, selection = none }: DeviceState): boolean =>
  entries.length > 0 && (entries[0] as Outbox.Entry).id <= selection[0]
