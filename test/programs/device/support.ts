/** What tests of the device program share: a configuration, a life with its events, the ports on Node. */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type * as Scope from "effect/Scope"
import * as Node from "../../../src/adapters/node/layer.ts"
import { wakes } from "../../../src/adapters/node/Sleep.ts"
import * as DeviceConfig from "../../../src/domain/DeviceConfig.ts"
import { Events } from "../../../src/ports/Events.ts"
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
    mqtt: { enabled: true, broker: "broker", topic_data_prefix: "home/data", topic_config: "home/config", config_wait_time: 0.2, ...file.mqtt }
  })).config

/** The keys of `mqtt` that lead to a broker under test. */
export const at = (endpoint: Endpoint): Readonly<Record<string, unknown>> => ({
  broker: endpoint.host,
  port: endpoint.port,
  ssl: endpoint.tls !== undefined,
  ...(endpoint.tls?.ca === undefined ? {} : { ssl_ca: endpoint.tls.ca })
})

/** Runs `effect` and gathers the events that a device told in it. */
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

/** Lives `count` wakes on Node, with what is remembered in `directory`. */
export const live = (
  config: DeviceConfig.DeviceConfig,
  directory: string,
  count = 1,
  onEvent?: (event: WakeEvent) => void
): Effect.Effect<ReadonlyArray<WakeEvent>> =>
  gather(Effect.provide(wakes(device(config), { count }), Node.layer({ storageDirectory: directory })), onEvent)

export const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))
