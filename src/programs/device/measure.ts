/**
 * Reads every sensor whose turn it is and owes the Server what they measured.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { SensorConfig } from "../../domain/DeviceConfig.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Reading from "../../domain/Reading.ts"
import * as Turn from "../../domain/Turn.ts"
import { Sensor } from "../../ports/Sensor.ts"
import { answering } from "./answering.ts"
import type { Memory } from "./Memory.ts"
import { tell, tellDropped } from "./WakeEvent.ts"

/** How many messages gave way for the reading's. */
const owe = (memory: Memory, sensor: SensorConfig, measured: Reading.Measurement, now: number): number => {
  const { mqtt } = memory.config
  const { outbox, startedAt } = memory.state
  const millis = now > startedAt ? now - startedAt : 0
  // Math.floor costs a board twice that.
  const uptime = (millis - millis % 1000) / 1000
  for (const message of Reading.toMessages({ sensor, uptime, ...measured }, mqtt.publishValues)) {
    memory.state = DeviceState.owe(memory.state, message, mqtt.outbox).state
  }
  if (sensor.interval > 0) memory.state = Turn.taken(memory.state, sensor.id, now)
  return memory.state.outbox.dropped - outbox.dropped
}

/** Reads one sensor, if it is its turn. One that fails is told and skipped. */
const take = (memory: Memory, sensor: SensorConfig): Effect.Effect<void, never, Sensor> =>
  Effect.gen(function*() {
    const port = yield* Sensor
    const now = yield* Clock.currentTimeMillis
    if (sensor.interval > 0 && !Turn.isDue(memory.state, sensor, now)) return
    const measured = yield* Effect.result(answering(port.read(sensor), sensor))
    if (!Result.isSuccess(measured)) return yield* tell({ _tag: "NotMeasured", sensor: sensor.id, reason: measured.failure.message })
    yield* tell({ _tag: "Measured", sensor: sensor.id, ...measured.success })
    if (memory.config.mqtt.enabled) yield* tellDropped(owe(memory, sensor, measured.success, now))
  })

/** The sensors whose turn it is, one after the other: that one fails does not keep the others from counting. */
export const measure = (memory: Memory): Effect.Effect<void, never, Sensor> =>
  Effect.gen(function*() {
    for (const sensor of memory.config.sensors) yield* take(memory, sensor)
  })
