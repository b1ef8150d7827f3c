/**
 * What a change would gain: the same days with the change, calculated again.
 *
 * Every change is plain arithmetic on what was used, so it is right as far as the rest of the days would have been the
 * same. Changes that gain less than half a percent are left out.
 */
import { boards } from "./boards.ts"
import { exactly, type Name, values } from "./Figures.ts"
import * as Outlook from "./Outlook.ts"
import type { Setup } from "./Setup.ts"
import * as Usage from "./Usage.ts"

/** What else the changes need to know. */
export interface Situation {
  /** Milliseconds online in which the device waited for a configuration that never came. */
  readonly unanswered: number
  /** Messages that the Outbox has room for. */
  readonly capacity: number
  /** Not every wake sends, so what is online does not follow from the number of wakes. */
  readonly isSeldom: boolean
}

export interface Change {
  readonly title: string
  /** How to make the change. */
  readonly how: string
  /** The battery life with the change, divided by the life without it. */
  readonly gain: number
}

type Stretch = Outlook.Stretch

interface Candidate {
  readonly title: string
  readonly how: string
  readonly setup?: (setup: Setup) => Setup
  readonly usage?: (stretch: Stretch, situation: Situation) => Usage.Usage
}

const withFigures = (changed: Partial<Record<Name, number>>) => (setup: Setup): Setup => ({
  ...setup,
  figures: {
    ...setup.figures,
    ...Object.fromEntries(
      Object.entries(changed).map((
        [name, value]
      ) => [name, exactly(Math.min(value, setup.figures[name as Name].value), "a change")])
    )
  }
})

const thrifty = boards["esp32-firebeetle"].figures.sleepCurrent.value

/** Espruino's chunk of 536 bytes has room for so many readings. */
const messagesOfFrame = 4

/** Half the wakes that only measure, with as many connections. */
const halvedBetween = ({ usage }: Stretch): Usage.Usage => {
  const { served } = usage
  const [wakes, messages] = [served.wakes / 2, Math.max(0, (served.messages - served.visits) / 2)]
  const quietWakes = Math.max(0, wakes - served.radioWakes)
  return {
    failed: usage.failed,
    served: {
      ...served,
      wakes,
      quietWakes,
      sensings: served.sensings / 2,
      quietSensings: wakes > 0 ? served.sensings / 2 * quietWakes / wakes : 0,
      messages,
      packets: served.packets - (served.messages - messages) / messagesOfFrame,
      writes: served.writes - wakes
    }
  }
}

/**
 * Half as many wakes: everything but the sleep is halved. Failed tries are not, because they follow from the policy and
 * not from the interval.
 */
const halved = (stretch: Stretch, { isSeldom }: Situation): Usage.Usage => {
  const { failed, served } = stretch.usage
  // What is always on spends the same, however often it measures.
  if (served.asleep === 0) return stretch.usage
  return isSeldom ? halvedBetween(stretch)
    : {
      failed,
      served: Usage.map({ failed, served }, (amount, driver) => driver === "asleep" ? amount : amount / 2).served
    }
}

const withoutWaiting = ({ usage }: Stretch, { unanswered }: Situation): Usage.Usage => ({
  ...usage,
  served: { ...usage.served, idle: Math.max(0, usage.served.idle - unanswered) }
})

const hourMillis = 3_600_000

/**
 * A connection each hour, or when the Outbox is full: all other wakes only measure, and write once and not twice.
 */
const hourly = ({ delivered, millis, usage }: Stretch, { capacity }: Situation): Usage.Usage => {
  const { served } = usage
  const visits = Math.max(millis / hourMillis, delivered / capacity)
  const share = visits / served.radioWakes
  // Also where there was no radio at all.
  if (!(share < 1)) return usage
  const spared = served.radioWakes - visits
  const messages = Math.max(served.messages, delivered - visits)
  const scaled =
    Usage.map(usage,
      (amount, driver) => driver === "asleep" || driver === "wakes" || driver === "sensings" ? amount : amount * share)
      .served
  return {
    failed: usage.failed,
    served: {
      ...scaled,
      messages,
      packets: scaled.packets + (messages - served.messages) / messagesOfFrame,
      quietWakes: served.quietWakes + spared,
      quietSensings: served.quietSensings + (served.sensings - served.quietSensings) * (1 - share),
      writes: served.writes - spared
    }
  }
}

const firmware = "needs firmware that supports it: Espruino's Wi-Fi does not"

const candidates: ReadonlyArray<Candidate> = [
  { title: "a wake half as often", how: "double update_interval", usage: halved },
  {
    title: "sent hourly",
    how: "set mqtt.send_interval to 3600; a reading then waits up to an hour for the wake that sends",
    usage: hourly
  },
  {
    title: "no waiting for a configuration",
    how: "keep a retained one at topic_config, or set load_config_from_mqtt to false",
    usage: withoutWaiting
  },
  {
    title: "no TLS",
    how: "only in a network that you trust",
    usage: ({ usage }) => Usage.map(usage, (amount, driver) => driver === "handshakes" ? 0 : amount)
  },
  {
    title: "a board that sleeps at 10 µA",
    how: "a board made for batteries, or the USB bridge and the LED cut off",
    setup: withFigures({ sleepCurrent: thrifty })
  },
  {
    title: "a sensor that sleeps",
    how: "a BME280, or a DHT22 whose supply a pin switches",
    setup: withFigures({ sensorStandbyCurrent: 0.0003 })
  },
  {
    title: "a fixed address",
    how: firmware,
    setup: (setup) => ({ ...setup, joining: { ...setup.joining, address: "fixed" } })
  },
  {
    title: "a remembered channel",
    how: firmware,
    setup: (setup) => ({ ...setup, joining: { ...setup.joining, channel: "remembered" } })
  },
  {
    title: "a fixed address and a remembered channel",
    how: firmware,
    setup: (setup) => ({ ...setup, joining: { channel: "remembered", address: "fixed" } })
  },
  {
    title: "a firmware that boots at once",
    how: "a build of Espruino that does not check its image at each wake, and without its 200 ms pause",
    setup: withFigures({ bootTime: 70, startTime: 80 })
  },
  {
    title: "a Server and a network that are always there",
    how: "the cost of the failed tries in these days",
    usage: ({ usage }) => ({ ...usage, failed: Usage.none() })
  }
]

const same = (setup: Setup): Setup => setup

/** The changes that gain something, the best first. */
export const changes = (stretch: Stretch, setup: Setup, situation: Situation): ReadonlyArray<Change> => {
  const lifetime = (days: Stretch, priced: Setup) => Outlook.life(days, priced)(values(priced.figures))
  const now = lifetime(stretch, setup)
  return candidates
    .map(({ how, setup: change = same, title, usage }) => {
      const days = usage === undefined ? stretch : { ...stretch, usage: usage(stretch, situation) }
      return { title, how, gain: lifetime(days, change(setup)) / now }
    })
    .filter(({ gain }) => gain > 1.005)
    .sort((a, b) => b.gain - a.gain)
}
