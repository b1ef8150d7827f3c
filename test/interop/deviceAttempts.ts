/** What the device does at a broker for each cell of its table. */
import * as Effect from "effect/Effect"
import type { Endpoint } from "../../src/ports/Socket.ts"
import type { WakeEvent } from "../../src/domain/wake/WakeEvent.ts"
import { at, deviceConfig, live } from "../programs/device/support.ts"
import * as Directory from "../support/directory.ts"
import * as Observer from "../support/observer.ts"

export const deviceFeatures = ["readings, QoS 1", "retained configuration", "command on its Session"] as const
export type DeviceFeature = (typeof deviceFeatures)[number]

let attemptCount = 0

const found = (events: ReadonlyArray<WakeEvent>, isWanted: (event: WakeEvent) => boolean): string | undefined =>
  events.some(isWanted) ? undefined
    : "the device said " + events.map((event) => event._tag).join(", ")

const attempts: {
  readonly [feature in DeviceFeature]: (
    observer: Observer.Observer,
    topic: string,
    wake: Effect.Effect<ReadonlyArray<WakeEvent>>
  ) => Effect.Effect<string | undefined>
} = {
  "readings, QoS 1": (observer, topic, wake) =>
    Effect.gen(function*() {
      const events = yield* wake
      yield* observer.message(`${topic}/s1/data`)
      return found(events, (event) => event._tag === "Delivered")
    }),
  "retained configuration": (observer, topic, wake) =>
    Effect.gen(function*() {
      yield* observer.publish(`${topic}/config`, JSON.stringify({ version: 7 }), { retain: true })
      return found(yield* wake, (event) => event._tag === "ConfigAccepted")
    }),
  "command on its Session": (observer, topic, wake) =>
    Effect.gen(function*() {
      yield* wake
      yield* observer.publish(`${topic}/command`, JSON.stringify({ command: "read", id: "1" }))
      return found(yield* wake, (event) => event._tag === "Command" && event.status === "done")
    })
}

/** Undefined: it works. */
export const attempt = (endpoint: Endpoint, feature: DeviceFeature): Promise<string | undefined> =>
  Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const topic = `device${++attemptCount}`
    const observer = yield* Observer.make(endpoint)
    const directory = yield* Directory.temporary
    const config = deviceConfig({
      device_id: topic,
      mqtt: {
        ...at(endpoint),
        client_id: topic,
        topic_data_prefix: topic,
        topic_config: `${topic}/config`,
        topic_command: `${topic}/command`,
        config_wait_time: 1
      }
    })
    return yield* attempts[feature](observer, topic, live(config, directory))
  })).pipe(Effect.timeoutOrElse({ duration: "20 seconds", orElse: () => Effect.succeed("nothing within 20 s") })))
