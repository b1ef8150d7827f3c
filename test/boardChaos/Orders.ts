/** Commands, good and bad: what anybody may publish at a device's command topic while it sleeps. */
import type { Planned } from "./Plan.ts"
import type { Chance } from "./random.ts"
import type { Scene } from "./Scene.ts"

/** How often a command waits for the device when it wakes. */
const share = 0.3

/** Some are short enough for a life, and some an interval that the device is not configured to. */
const words = ["read", "send", "report", "restart", "stay_awake 8", "interval 300", "interval 900", "interval 0"]

const named = (word: string, id: string, more: object = {}): string => {
  const [command, seconds] = word.split(" ")
  return JSON.stringify({ command, id, ...(seconds === undefined ? {} : { seconds: Number(seconds) }), ...more })
}

/** Nothing in it says what it is an answer to. */
const malformed = (chance: Chance): Uint8Array =>
  chance.one<() => Uint8Array>([
    () => Buffer.from("{\"id\":\"x\""),
    () => Buffer.from("{\"command\":7}"),
    () => Buffer.from("[".repeat(chance.whole(1, 200))),
    () => Buffer.from("read".repeat(chance.whole(9, 400))),
    () => Uint8Array.from({ length: chance.whole(40, 300) }, () => chance.whole(0x80, 255)),
    () => new Uint8Array(0)
  ])()

/** What waits for the device, wake by wake; nothing for one that takes no commands. */
export const plan = (chance: Chance, { config }: Scene, wakes: number): ReadonlyArray<Planned> => {
  if (config.mqtt.topicCommand === "") return []
  let count = 0
  /** Those with an id, which stands for one command, by their number. */
  const sent = new Map<number, string>()
  const anew = (id: string): Uint8Array => {
    const text = named(chance.one(words), id)
    sent.set(count, text)
    return Buffer.from(text)
  }
  const draw = (): Uint8Array => {
    const id = "o" + ++count
    return chance.one<() => Uint8Array>([
      () => Buffer.from(chance.one(words)),
      () => Buffer.from(chance.one(words)),
      () => anew(id),
      () => anew(id),
      // The same once more, from somebody who does not know that it was done; the device remembers eight commands.
      () => {
        const late = [...sent].filter(([number]) => number >= count - 6).map(([, text]) => text)
        return late.length === 0 ? anew(id) : Buffer.from(chance.one(late))
      },
      () => Buffer.from(named(chance.one(words), id, { until: "2001-01-01T00:00:00Z" })),
      () => Buffer.from(chance.is(0.5) ? "dance 7" : named("dance", id)),
      () => malformed(chance)
    ])()
  }
  const planned: Array<Planned> = []
  for (let at = 2; at <= wakes; at++) {
    while (chance.is(share)) planned.push({ at, fault: { kind: "command", payload: draw() } })
  }
  return planned
}
