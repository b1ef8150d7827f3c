/** What tests of the device program share: a configuration, a life with its events, the ports on Node. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Node from "../../../src/adapters/node/layer.ts"
import * as DeviceConfig from "../../../src/domain/config/DeviceConfig.ts"
import { Events } from "../../../src/ports/Events.ts"
import { restarting } from "../../../src/ports/restarting.ts"
import type { Endpoint } from "../../../src/ports/Socket.ts"
import { device } from "../../../src/programs/device/device.ts"
import type { WakeEvent } from "../../../src/domain/wake/WakeEvent.ts"

export interface DeviceFile {
  readonly mqtt?: Readonly<Record<string, unknown>>
  readonly [key: string]: unknown
}

/** A device with one simulated sensor, `s1`, that wakes every second or as `file` says. */
export const deviceConfig = (file: DeviceFile = {}): DeviceConfig.DeviceConfig =>
  Result.getOrThrow(DeviceConfig.check({
    device_id: "d1",
    update_interval: 1,
    sensors: { simulated: { id: "s1" } },
    ...file,
    mqtt: {
      enabled: true,
      broker: "broker",
      topic_data_prefix: "home/data",
      topic_config: "home/config",
      config_wait_time: 0.2,
      ...file.mqtt
    }
  })).config

/** The keys of `mqtt` that lead to a broker under test. */
export const at = (endpoint: Endpoint): Readonly<Record<string, unknown>> => ({
  broker: endpoint.host,
  port: endpoint.port,
  ssl: endpoint.tls !== undefined,
  ...(endpoint.tls?.ca === undefined ? {} : { ssl_ca: endpoint.tls.ca })
})

/** Runs `effect` and collects the events that a device emitted in it. */
export const gather = <A, E, R>(
  effect: Effect.Effect<A, E, R>,
  onEvent: (event: WakeEvent) => void = () => {}
): Effect.Effect<ReadonlyArray<WakeEvent>, E, Exclude<R, Events>> =>
  Effect.suspend(() => {
    const events: Array<WakeEvent> = []
    const emit = (event: WakeEvent) => {
      events.push(event)
      onEvent(event)
    }
    return Effect.as(Effect.provideService(effect, Events, { emit }), events)
  })

export const tags = (events: ReadonlyArray<WakeEvent>): ReadonlyArray<string> => events.map((event) => event._tag)

export const find = <T extends WakeEvent["_tag"]>(
  events: ReadonlyArray<WakeEvent>,
  tag: T
): Extract<WakeEvent, { readonly _tag: T }> | undefined =>
  events.find((event): event is Extract<WakeEvent, { readonly _tag: T }> => event._tag === tag)

/** How long the device of each directory has slept, in milliseconds: its clock is so far ahead. */
const slept = new Map<string, number>()

const ahead = (real: Clock.Clock, millis: () => number): Clock.Clock => {
  const nanos = () => real.currentTimeNanosUnsafe() + BigInt(Math.round(millis() * 1e6))
  return {
    ...real,
    currentTimeMillisUnsafe: () => real.currentTimeMillisUnsafe() + millis(),
    currentTimeMillis: Effect.sync(() => real.currentTimeMillisUnsafe() + millis()),
    currentTimeNanosUnsafe: nanos,
    currentTimeNanos: Effect.sync(nanos),
    monotonicTimeNanosUnsafe: () => real.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: real.monotonicTimeNanos,
    sleep: (duration) => real.sleep(duration)
  }
}

/**
 * Lives `count` wakes on Node, with what is remembered in `directory`. In a wake time passes as it does; a deep sleep
 * moves the device's clock, and nobody waits for it.
 */
export const live = (
  config: DeviceConfig.DeviceConfig,
  directory: string,
  count = 1,
  onEvent?: (event: WakeEvent) => void
): Effect.Effect<ReadonlyArray<WakeEvent>> =>
  Effect.gen(function*() {
    const clock = ahead(yield* Clock.Clock, () => slept.get(directory) ?? 0)
    const life = restarting(device(config), {
      next: (wake, sleepMillis) =>
        Effect.sync(() => {
          if (wake < count) slept.set(directory, (slept.get(directory) ?? 0) + sleepMillis)
          return wake < count
        })
    })
    return yield* gather(
      life.pipe(Effect.provide(Node.layer({ storageDirectory: directory })), Effect.provideService(Clock.Clock, clock)),
      onEvent
    )
  })

export const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> =>
  Effect.runPromise(Effect.scoped(effect))
