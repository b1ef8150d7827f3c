/**
 * What Home Assistant shows of a device that sleeps, over simulated months with outages: a value becomes unavailable
 * when no message has come for `expire_after` seconds. No value does that before the connection that the device has
 * promised, nor because of outages that are shorter than the longest wait of the policy.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { onBoard } from "../../src/adapters/simulation/driven.ts"
import * as documents from "../../src/domain/collect/documents.ts"
import * as DeviceConfig from "../../src/domain/config/DeviceConfig.ts"
import * as HomeAssistant from "../../src/domain/message/HomeAssistant.ts"
import * as Simulation from "../../src/programs/simulate/life/Simulation.ts"
import { type Name, stories } from "../../src/programs/simulate/life/Story.ts"
import { isWhole } from "../support/runs.ts"

const day = 86_400_000

const devices: Readonly<Record<string, object>> = {
  "one that sends at every wake": {},
  "one that sends hourly": { mqtt: { send_interval: 3_600 } },
  "one that publishes only what has changed": {
    sensors: { simulated: { id: "s", max_silence: 7_200, temperature: { change: 2 }, humidity: { change: 5 } } }
  },
  "one that measures seldom": {
    sensors: { simulated: { id: "s", interval: 3_500, quantities: { moisture: {}, open: {} } } }
  }
}

const configOf = (more: { readonly mqtt?: object }) =>
  Result.getOrThrow(DeviceConfig.check({
    device_id: "d",
    update_interval: 600,
    sensors: { simulated: { id: "s" } },
    ...more,
    mqtt: {
      enabled: true,
      broker: "h",
      client_id: "d",
      topic_data_prefix: "home/d",
      publish_status: true,
      ...more.mqtt
    }
  })).config

interface Arrived {
  readonly at: number
  readonly topic: string
  readonly payload: string
}

/** What reaches the Server, and when the Server or the network was away. */
const month = (config: DeviceConfig.DeviceConfig, story: Name, seed: string) =>
  Effect.gen(function*() {
    const arrived: Array<Arrived> = []
    const onEntry: Simulation.Options["onEntry"] = (entry) => {
      if (entry._tag === "Message" && !entry.toDevice) arrived.push(entry)
    }
    const { chronicle } = yield* Simulation.live(onBoard, { config, days: 30, seed, story: stories[story], onEntry })
    const away = [...chronicle.server.filter(({ state }) => state !== "up"),
      ...chronicle.wifi.filter(({ state }) => !state)]
    return { arrived, away }
  })

interface Unavailable {
  readonly id: string
  /** The last message before it, and when Home Assistant gave up. Milliseconds. */
  readonly last: number
  readonly from: number
}

/** As Home Assistant's MQTT sensor does it: each message of the topic begins the time anew. */
const unavailable = (config: DeviceConfig.DeviceConfig, arrived: ReadonlyArray<Arrived>): ReadonlyArray<Unavailable> =>
  Object.entries(HomeAssistant.discovery(config, { version: "1" }).components).flatMap(([id, component]) => {
    const { expire_after: silence } = component
    // A button is no value.
    if (silence === undefined) return []
    const moments = arrived.filter(({ topic }) => topic === component.state_topic).map(({ at }) => at)
    expect([id, moments.length > 30]).toEqual([id, true])
    return moments.flatMap((last, index) => {
      const from = last + silence * 1_000
      return from < (moments[index + 1] ?? 30 * day) ? [{ id, last, from }] : []
    })
  })

/** When the device has promised to connect again, as the last status before that moment has it. */
const promised = (arrived: ReadonlyArray<Arrived>, at: number): number => {
  const status = arrived.filter((one) => one.topic === "home/d/status" && one.at <= at).at(-1)
  const said = Result.getOrThrow(documents.status(status?.payload ?? ""))
  return (status?.at ?? 0) + (said.nextConnection ?? Infinity) * 1_000
}

/** The most usual one, and the one that is silent longest; `npm run test:all` has them all. */
const looked = Object.entries(devices).filter((_, index) => isWhole || index === 0 || index === 2)

const seeds = isWhole ? ["1", "2", "3", "4", "5", "6"] : ["1"]

describe("no value is unavailable too soon", () => {
  it.each(looked)("of %s, over a month with short outages: none ever is", async (_, more) => {
    const config = configOf(more)
    for (const seed of seeds) {
      const { arrived, away } = await Effect.runPromise(month(config, "flaky", seed))
      expect(away.length).toBeGreaterThan(10)
      expect(unavailable(config, arrived)).toEqual([])
    }
  })

  it.each(looked)("of %s, over a month with an outage of three days: only during it", async (_, more) => {
    const config = configOf(more)
    const { arrived, away } = await Effect.runPromise(month(config, "month", "1"))
    const found = unavailable(config, arrived)
    // A device that is silent for three days is shown so.
    expect(found.some(({ from }) => from > 5 * day && from < 8 * day)).toBe(true)
    for (const { from, id, last } of found) {
      expect([id, from > promised(arrived, last)]).toEqual([id, true])
      const during = away.some((outage) => outage.from - config.publishInterval * 1_000 <= from && outage.to >= last)
      expect([id, from / day, during]).toEqual([id, from / day, true])
    }
  })

  it("would be noticed: with a shorter time some are", async () => {
    const config = configOf({})
    const { arrived } = await Effect.runPromise(month(config, "flaky", "1"))
    const document = HomeAssistant.discovery(config, { version: "1", expireAfter: 900 })
    const [component] = Object.values(document.components)
    const moments = arrived.filter(({ topic }) => topic === component?.state_topic).map(({ at }) => at)
    expect(moments.some((at, index) => (moments[index + 1] ?? at) - at > 900_000)).toBe(true)
  })
})
