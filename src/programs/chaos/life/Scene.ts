/**
 * The device of one seed: its file, drawn so that every setting that matters for reliability takes all its values.
 *
 * Most of these devices sleep for hours: the faults come with the wakes, so a year is simulated in a second.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as BrokerList from "../../../domain/config/BrokerList.ts"
import * as DeviceConfig from "../../../domain/config/DeviceConfig.ts"

export interface Scene {
  readonly config: DeviceConfig.DeviceConfig
  /** What the device's clock shows when its life begins, in milliseconds. */
  readonly clock: number
  /** How long the life is, in wakes. */
  readonly wakes: number
}

const one = <A>(...all: ReadonlyArray<A>): Effect.Effect<A> =>
  Effect.map(Random.next, (chance) => all[Math.floor(chance * all.length)] as A)

/** Seconds. Short intervals are rare: they are many wakes in little time. */
const intervals = [300, 600, 1_800, 3_600, 7_200, 10_800, 14_400, 21_600, 21_600, 21_600, 43_200, 43_200]

/** A device wakes for each try, so a wait that is much shorter than the interval makes many wakes of a few days. */
const reconnect = (interval: number) =>
  Effect.gen(function*() {
    // Half of all devices have the defaults.
    if (yield* Random.nextBoolean) return {}
    const minInterval = yield* one(interval / 8, interval / 2, 3_600)
    return {
      enabled: (yield* Random.next) < 0.9,
      max_attempts: yield* one(1, 2, 3, 5),
      backoff_factor: yield* one(1, 1.5, 2, 4),
      min_interval: minInterval,
      max_interval: Math.max(minInterval, yield* one(3_600, 7_200, 21_600)),
      jitter: yield* one(0, 0, 0.3, 1)
    }
  })

/** Otherwise PINGREQs every few minutes would be most of what an always-on device does in a year of simulated time. */
const mqtt = (interval: number) =>
  Effect.gen(function*() {
    return {
      enabled: true,
      broker: "broker",
      topic_data_prefix: "home/data",
      topic_config: "home/config",
      load_config_from_mqtt: (yield* Random.next) < 0.8,
      config_wait_time: yield* one(0.2, 1, 5),
      keepalive: yield* one(0, interval / 2, interval, 65_535),
      publish_values: (yield* Random.next) < 0.3,
      outbox: {
        capacity: yield* one(2, 8, 32, 32, 100),
        when_full: yield* one("drop_oldest", "keep_newest_per_topic", "thin_older")
      },
      reconnect: yield* reconnect(interval)
    }
  })

const file = Effect.gen(function*() {
  const isSecond = (yield* Random.next) < 0.3
  const interval = yield* one(...intervals)
  return {
    device_id: "d1",
    version: 1,
    update_interval: interval,
    deep_sleep: (yield* Random.next) < 0.9,
    awake_timeout: yield* one(30, 60, 60, 120),
    network: { ssid: "home", password: "", timeout: yield* one(5, 20) },
    ...((yield* Random.nextBoolean) ? { network_fallback: { ssid: "yard", password: "", timeout: 5 } } : {}),
    sensors: {
      simulated: { id: "s1" },
      ...(isSecond ? { dht22: { id: "s2", pin: 4, interval: yield* one(0, 7_200) } } : {})
    },
    mqtt: yield* mqtt(interval)
  }
})

/** What a fifth of all devices also have: tries of a wake that are spread, another time-out for the Server. */
const spread = ({ awake_timeout: awake, mqtt }: Effect.Success<typeof file>) =>
  Effect.gen(function*() {
    if ((yield* Random.next) < 0.8) return {}
    const timeout = yield* one(3, 10, 20)
    const { max_attempts: attempts = 3, min_interval: least = 3_600 } = mqtt.reconnect
    const longest = Math.min(least, (awake - timeout) / Math.max(1, attempts - 1))
    return { timeout, reconnect: { ...mqtt.reconnect, try_interval: yield* one(0, longest / 2, longest) } }
  })

/** What a seventh of all devices publish: what has changed, and at once what crosses a threshold. */
const selective = ({ sensors, update_interval: interval }: Effect.Success<typeof file>) =>
  Effect.gen(function*() {
    if ((yield* Random.next) < 0.85) return {}
    const limits = {
      // A reading is a hundredth above the one before.
      temperature: { change: yield* one(0.02, 0.05, 0.3), above: yield* one(0.1, 0.3, 1) },
      max_silence: yield* one(interval, interval * 3, 86_400)
    }
    return { sensors: { ...sensors, simulated: { ...sensors.simulated, ...limits } } }
  })

/** What a fifth of all devices measure besides. */
const more = Effect.gen(function*() {
  if ((yield* Random.next) < 0.8) return undefined
  return { pressure: yield* one({}, {}, { change: 0.04 }) }
})

/** What a quarter of those that sleep have besides: readings that are kept for later. */
const seldom = ({ deep_sleep: sleeps, update_interval: interval }: Effect.Success<typeof file>) =>
  Effect.gen(function*() {
    if ((yield* Random.next) < 0.75 || !sleeps) return {}
    return {
      send_interval: Math.min(604_800, interval * (yield* one(2, 5, 12, 40))),
      send_when_pending: yield* one(0, 0, 4)
    }
  })

/** What an eighth of all devices measure: a battery, and when it is low most of them send more seldom. */
const battery = ({ update_interval: interval }: Effect.Success<typeof file>) =>
  Effect.gen(function*() {
    if ((yield* Random.next) < 0.875) return {}
    const low = { low: yield* one(10, 30, 60), low_send_interval: Math.min(604_800, interval * (yield* one(0, 3, 10))) }
    return { battery: { pin: 35, ...low } }
  })

/** A third of all devices ask a server for the time. */
const time = (interval: number) =>
  Effect.gen(function*() {
    if ((yield* Random.next) < 0.65) return {}
    return { time: { server: "pool", sync_interval: yield* one(86_400, 86_400, Math.min(interval, 86_400)) } }
  })

/** What a sixth of all devices have: a second Server, with Sessions of its own or those of the first. */
const servers = Effect.gen(function*() {
  if ((yield* Random.next) < 0.83) return {}
  return { broker: ["broker", yield* one("other", "twin")] }
})

/** `host:port` of each Server but the first. */
export const others = ({ mqtt }: Pick<DeviceConfig.DeviceConfig, "mqtt">): ReadonlyArray<string> =>
  BrokerList.addressesOf(mqtt).slice(1).map(BrokerList.nameOf)

/** Whether the second Server has Sessions of its own. */
export const isSeparate = ({ mqtt }: Pick<DeviceConfig.DeviceConfig, "mqtt">): boolean => mqtt.broker[1] === "other"

/** The scene of a seed; a life of `wakes` wakes. */
export const draw = (seed: string, wakes: number): Scene =>
  Effect.runSync(Random.withSeed(
    Effect.gen(function*() {
      const drawn = yield* file
      const tries = yield* Random.withSeed(spread(drawn), seed + " spread")
      // A seventh says how it is.
      const says = yield* Random.withSeed(Effect.map(Random.next, (chance) => chance < 0.15), seed + " status")
      const kept = yield* Random.withSeed(seldom(drawn), seed + " seldom")
      const selects = yield* Random.withSeed(selective(drawn), seed + " selective")
      const quantities = yield* Random.withSeed(more, seed + " quantities")
      const asked = yield* Random.withSeed(time(drawn.update_interval), seed + " time")
      const measured = yield* Random.withSeed(battery(drawn), seed + " battery")
      // A fifth takes commands; what they do to readings that are kept for later is another matter.
      const takes = yield* Random.withSeed(Effect.map(Random.next, (chance) => chance < 0.2), seed + " commands")
      const commands = takes && !("send_interval" in kept) ? { topic_command: "home/command" } : {}
      const several = yield* Random.withSeed(servers, seed + " servers")
      const { sensors } = { ...drawn, ...selects }
      const measures = quantities === undefined ? {}
        : { sensors: { ...sensors, simulated: { ...sensors.simulated, quantities } } }
      const whole = {
        ...drawn,
        ...measured,
        ...asked,
        ...selects,
        ...measures,
        mqtt: {
          ...drawn.mqtt,
          ...tries,
          ...kept,
          ...commands,
          ...several,
          publish_status: says || "battery" in measured
        }
      }
      const { config } = Result.getOrThrow(DeviceConfig.check(whole))
      // Clocks that were never set, and clocks that were.
      return { config, clock: yield* one(0, 1_700_000_000_000), wakes }
    }),
    seed + " scene"
  ))
