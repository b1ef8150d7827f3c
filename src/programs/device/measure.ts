/**
 * Reads every sensor whose turn it is and owes the Server what they measured.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Result from "effect/Result"
import type { DeviceConfig, SensorConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Reading from "../../domain/Reading.ts"
import { Sensor, SensorError } from "../../ports/Sensor.ts"
import type { Memory } from "./Memory.ts"
import { tell } from "./WakeEvent.ts"

/** A sensor that takes longer than this is broken. Milliseconds; a DHT22 needs 2 s at worst. */
const sensorTimeoutMillis = 5_000

/** Sensors with an interval of their own wait for it; a clock that was set back makes a sensor due. */
const isDue = (sensor: SensorConfig, state: DeviceState.DeviceState, now: number): boolean => {
  const last = state.readAt[sensor.id]
  return sensor.interval === 0 || typeof last !== "number" || now < last || now - last >= sensor.interval * 1000
}

const owe = (config: DeviceConfig, memory: Memory, reading: Reading.Reading, now: number) =>
  Effect.gen(function*() {
    let state = yield* Ref.get(memory.state)
    let dropped = 0
    for (const message of Reading.toMessages(reading, config.mqtt.topicDataPrefix, config.mqtt.publishValues)) {
      const owed = DeviceState.owe(state, message, config.mqtt.outbox)
      state = owed.state
      dropped += owed.dropped.length
    }
    if (reading.sensor.interval > 0) state = { ...state, readAt: { ...state.readAt, [reading.sensor.id]: now } }
    yield* Ref.set(memory.state, state)
    if (dropped > 0) yield* tell({ _tag: "Dropped", count: dropped })
  })

/** A sensor that fails is told and skipped: the others still count. */
export const measure = (config: DeviceConfig, memory: Memory): Effect.Effect<void, never, Sensor> =>
  Effect.gen(function*() {
    const port = yield* Sensor
    for (const sensor of config.sensors) {
      const now = yield* Clock.currentTimeMillis
      const state = yield* Ref.get(memory.state)
      if (!isDue(sensor, state, now)) continue
      const measured = yield* Effect.result(Effect.timeoutOrElse(port.read(sensor), {
        duration: sensorTimeoutMillis,
        orElse: () => Effect.fail(new SensorError({ sensor: sensor.id, message: "it did not answer within 5 s; check its wiring" }))
      }))
      if (Result.isFailure(measured)) {
        yield* tell({ _tag: "NotMeasured", sensor: sensor.id, reason: measured.failure.message })
        continue
      }
      yield* tell({ _tag: "Measured", sensor: sensor.id, ...measured.success })
      if (!config.mqtt.enabled) continue
      const uptime = Math.max(0, Math.floor((now - state.startedAt) / 1000))
      yield* owe(config, memory, { sensor, uptime, ...measured.success }, now)
    }
  })
