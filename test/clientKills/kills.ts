/**
 * A publishing program that is killed again and again with SIGKILL, at any moment. At the end every message that it was
 * told is accepted must have come to a subscriber, and none of QoS 2 twice.
 */
import mqtt from "mqtt"
import * as path from "node:path"
import * as Programs from "../killing/programs.ts"

export interface Options {
  readonly port: number
  readonly version: 4 | 5
  /** For the store and the program. */
  readonly folder: string
  readonly kills: number
  readonly random: () => number
  readonly onKill?: (kills: number) => void
}

export interface Sum {
  /** Messages that the program was told are accepted, and how many of them have QoS 2. */
  readonly accepted: number
  readonly acceptedExactlyOnce: number
  /** Accepted, and never come. */
  readonly lost: number
  readonly twiceExactlyOnce: number
  readonly twiceAtLeastOnce: number
  /** Come, though the program was killed before it was told. */
  readonly untold: number
  /** Kills that found it publishing. */
  readonly atWork: number
  readonly seconds: number
}

/** The longest time from the first message to the kill, in milliseconds. */
const longestLife = 300

const isExactlyOnce = (name: string): boolean => Number(name.split("-")[2]) % 2 === 0

/** What the program was told is accepted. */
const acceptedBy = ({ lines }: Programs.Running): ReadonlyArray<string> => lines.filter((line) => line !== "ready")

export const run = async (options: Options): Promise<Sum> => {
  const { folder, kills, onKill, port, random, version } = options
  const begun = Date.now()
  const program = await Programs.bundled(new URL("publisher.ts", import.meta.url), folder)
  const start = (run: number) =>
    Programs.launch([program, String(port), path.join(folder, "store"), String(version), String(run)], (said) =>
      said.includes("ready\n"))
  const came = new Map<string, number>()
  const subscriber = await mqtt.connectAsync({ host: "127.0.0.1", port, clientId: "witness" })
  subscriber.on("message", (_, payload) => {
    const name = payload.toString()
    came.set(name, (came.get(name) ?? 0) + 1)
  })
  await subscriber.subscribeAsync("killed/#", { qos: 2 })
  const accepted = new Set<string>()
  const atWork = await Programs.killAgain({ kills, random, longestLife, onKill, start }, (running) => {
    for (const name of acceptedBy(running)) accepted.add(name)
    return acceptedBy(running).length > 0
  })
  const last = await start(0)
  const count = () => [...came.values()].reduce((sum, times) => sum + times, 0)
  await Programs.settled(count, () => [...accepted].every((name) => came.has(name)), 500)
  await Programs.end(last, "SIGKILL")
  await subscriber.endAsync()
  const twice = [...came].filter(([, times]) => times > 1).map(([name]) => name)
  return {
    accepted: accepted.size,
    acceptedExactlyOnce: [...accepted].filter(isExactlyOnce).length,
    lost: [...accepted].filter((name) => !came.has(name)).length,
    twiceExactlyOnce: twice.filter(isExactlyOnce).length,
    twiceAtLeastOnce: twice.filter((name) => !isExactlyOnce(name)).length,
    untold: [...came.keys()].filter((name) => !accepted.has(name)).length,
    atWork,
    seconds: (Date.now() - begun) / 1000
  }
}
