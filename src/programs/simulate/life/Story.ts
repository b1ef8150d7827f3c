/**
 * What the world does to a device: stories as lists of changes, each at its time.
 *
 * A story is written for 30 days. With fewer days it is played faster, with its changes at the same share of the time;
 * with more days it ends early. Random choices use Effect's Random, so that a seed fixes them.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { addressesOf } from "../../../domain/config/BrokerList.ts"
import type { DeviceConfig } from "../../../domain/config/DeviceConfig.ts"
import * as Format from "../../dormouse/terminal/Format.ts"

/** How the Server can be reached. */
export type ServerState = "up" | "refusing" | "unreachable" | "silent"

/** What a turn can move. */
export interface Stage {
  /** All Servers, or the one at this place in the device's list. */
  readonly setServer: (condition: ServerState, place?: number) => void
  readonly setWifi: (hasWifi: boolean) => void
  /** Some other client publishes. */
  readonly simulateMessage: (topic: string, payload: string, options?: { readonly retain?: boolean }) => void
}

export interface Turn {
  /** Days since the beginning. */
  readonly at: number
  readonly title: string
  readonly apply: (stage: Stage) => void
}

export interface Story {
  readonly about: string
  readonly turns: (config: DeviceConfig, days: number) => Effect.Effect<ReadonlyArray<Turn>>
}

/** In the two-topic form the number comes before the document; `announced` may be false. */
const update =
  (config: DeviceConfig, changes: { readonly [key: string]: unknown }, announced = changes["version"]) =>
  (stage: Stage) => {
    const { topicConfig, topicConfigData, topicConfigVersion } = config.mqtt
    const publish = (topic: string, payload: string) => stage.simulateMessage(topic, payload, { retain: true })
    if (topicConfigVersion !== "") publish(topicConfigVersion, String(announced))
    publish(topicConfigVersion === "" ? topicConfig : topicConfigData, JSON.stringify(changes))
  }

/** Turns just before a wake, or `millis` after it began: as long as no try has failed, wakes begin on the minute. */
const paced = (
  config: DeviceConfig,
  days: number,
  turns: ReadonlyArray<Turn & { readonly millis?: number }>
): ReadonlyArray<Turn> => {
  const interval = config.publishInterval / 86_400
  return turns.map(({ apply, at, millis = 0, title }) => ({
    at: Math.round(at * Math.min(1, days / 30) / interval) * interval + millis / 86_400_000,
    title,
    apply
  }))
}

const refuse = (stage: Stage) => stage.setServer("refusing")
const answer = (stage: Stage) => stage.setServer("up")
const cut = (stage: Stage) => {
  refuse(stage)
  answer(stage)
}

/** After the Server has the first message of a wake, and before the device knows: joining the Wi-Fi takes 800 ms. */
const midDelivery = 890

const month: Story = {
  about: "a healthy Server, a 3-day outage, a Wi-Fi gap of 5 hours, a configuration update, recovery",
  turns: (config, days) => {
    const version = config.version + 1
    const interval = config.publishInterval * 2
    return Effect.succeed(paced(config, days, [
      { at: 2.5, millis: midDelivery, title: "the connection breaks while a reading is on its way", apply: cut },
      { at: 5, title: "the Server goes away", apply: refuse },
      { at: 8, title: "the Server is back", apply: answer },
      { at: 14.3, title: "the Wi-Fi is gone", apply: (stage) => stage.setWifi(false) },
      { at: 14.5, title: "the Wi-Fi is back", apply: (stage) => stage.setWifi(true) },
      {
        at: 20.4,
        title: "an update is published: version " + version + ", a wake every " + Format.duration(interval * 1_000),
        apply: update(config, { version, update_interval: interval })
      },
      {
        at: 25,
        title: "the Server hangs: it takes connections no more and says nothing",
        apply: (stage) => stage.setServer("silent")
      },
      { at: 25.1, title: "the Server answers again", apply: answer }
    ]))
  }
}

const healthy: Story = { about: "nothing ever goes wrong", turns: () => Effect.succeed([]) }

const outage: Story = {
  about: "there is never a Server; with --outage it is away for so many days",
  turns: () => Effect.succeed([{ at: 0, title: "there is no Server at any time", apply: refuse }])
}

/** An outage that ends begins when the device has lived a usual day. Days. */
export const outageBegins = 1

/** No Server for `lasts` days, which are as long as that however many days are lived. */
export const outageOf = (lasts: number): Story => ({
  about: `the Server is away for ${Format.dayCount(lasts)} after the first day`,
  turns: () =>
    Effect.succeed([
      { at: outageBegins, title: "the Server goes away", apply: refuse },
      { at: outageBegins + lasts, title: "the Server is back", apply: answer }
    ])
})

const troubles: ReadonlyArray<readonly [begins: string, ends: string, begin: Turn["apply"], end: Turn["apply"]]> = [
  ["the Server refuses connections", "the Server is back", refuse, answer],
  ["the route to the Server is gone", "the route to the Server is back", (stage) => stage.setServer("unreachable"),
    answer],
  ["the Server hangs", "the Server answers again", (stage) => stage.setServer("silent"), answer],
  ["the Wi-Fi is gone", "the Wi-Fi is back", (stage) => stage.setWifi(false), (stage) => stage.setWifi(true)]
]

const flaky: Story = {
  about: "short outages of every kind, about one a day, drawn from the seed",
  turns: (_, days) =>
    Effect.gen(function*() {
      const turns: Array<Turn> = []
      const hours = (least: number, most: number) => Effect.map(Random.nextBetween(least, most), (drawn) => drawn / 24)
      for (let at = yield* hours(1, 12); at < days;) {
        const [begins, ends, begin, end] =
          troubles[yield* Random.nextIntBetween(0, troubles.length - 1)] as (typeof troubles)[number]
        const lasts = yield* hours(0.1, 2)
        turns.push({ at, title: begins + " for " + Format.duration(Math.round(lasts * 1_440) * 60_000), apply: begin })
        turns.push({ at: at + lasts, title: ends, apply: end })
        at += lasts + (yield* hours(4, 36))
      }
      return turns
    })
}

const updates: Story = {
  about: "configuration updates: good, bad, older, mismatched",
  turns: (config, days) => {
    const next = config.version + 1
    const slower = config.publishInterval * 2
    const hasTwoTopics = config.mqtt.topicConfigVersion !== ""
    const turns = [
      {
        at: 3,
        title: "a good update: version " + next + ", a wake every " + Format.duration(slower * 1_000),
        apply: update(config, { version: next, update_interval: slower })
      },
      {
        at: 8,
        title: "a bad update: version " + (next + 1) + " wants a port that does not exist",
        apply: update(config, { version: next + 1, mqtt: { port: 70_000 } })
      },
      { at: 13, title: "an older update: version " + (next - 1), apply: update(config, { version: next - 1 }) },
      ...(hasTwoTopics
        ? [{
          at: 18,
          title: "a mismatched update: version " + (next + 3) + " announced, " + (next + 2) + " in the document",
          apply: update(config, { version: next + 2 }, next + 3)
        }]
        : []),
      {
        at: 23,
        title: "an update that is no JSON",
        apply: (stage: Stage) =>
          stage.simulateMessage(hasTwoTopics ? config.mqtt.topicConfigData : config.mqtt.topicConfig, "{", {
            retain: true
          })
      },
      {
        at: 27,
        title: "a good update: version " + (next + 4) + ", back to the first interval",
        apply: update(config, { version: next + 4, update_interval: config.publishInterval })
      }
    ]
    return Effect.succeed(paced(config, days, turns))
  }
}

/** A device with one Server loses that. */
const servers: Story = {
  about: "of several Servers the first is away for 6 days, later the second for 3, then all of them for a day",
  turns: (config, days) => {
    const turns: ReadonlyArray<Turn & { readonly place?: number }> = [
      { at: 3, title: "the first Server goes away", apply: (stage) => stage.setServer("refusing", 0) },
      { at: 9, title: "the first Server is back", apply: (stage) => stage.setServer("up", 0) },
      { at: 14, title: "the first Server hangs", apply: (stage) => stage.setServer("silent", 0) },
      { at: 16, title: "the second Server goes away", apply: (stage) => stage.setServer("refusing", 1), place: 1 },
      { at: 17, title: "the first Server answers again", apply: (stage) => stage.setServer("up", 0) },
      { at: 19, title: "the second Server is back", apply: (stage) => stage.setServer("up", 1), place: 1 },
      { at: 24, title: "every Server goes away", apply: refuse },
      { at: 25, title: "every Server is back", apply: answer }
    ]
    const count = addressesOf(config.mqtt).length
    return Effect.succeed(paced(config, days, turns.filter(({ place = 0 }) => place < count)))
  }
}

export const stories = { month, healthy, outage, flaky, update: updates, servers } as const

export type Name = keyof typeof stories

/** What happens in a story of so many days: one that is played faster has its outages as long as they are lived. */
export const about = (name: Name, days: number, outageDays?: number): string => {
  if (outageDays !== undefined) return outageOf(outageDays).about
  if (name !== "month" || days >= 30) return stories[name].about
  const lasts = (whole: number) => Format.duration(whole * days / 30 * 86_400_000)
  return `a healthy Server, an outage of ${lasts(3)}, a Wi-Fi gap of ${lasts(0.2)}, a configuration update, recovery`
}

export const names = Object.keys(stories) as ReadonlyArray<Name> as readonly [Name, ...ReadonlyArray<Name>]
