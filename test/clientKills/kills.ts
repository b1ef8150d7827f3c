/**
 * A publishing program that is killed again and again with SIGKILL, at any moment. At the end every message that it was
 * told is accepted must have come to a subscriber, and none of QoS 2 twice.
 */
import { build } from "esbuild"
import mqtt from "mqtt"
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

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

const pause = (millis: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, millis))

/** The program as one file: a start from its sources would take most of the time. */
const bundled = async (folder: string): Promise<string> => {
  const outfile = path.join(folder, "publisher.mjs")
  const entry = fileURLToPath(new URL("publisher.ts", import.meta.url))
  await build({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", external: ["ws"] })
  return outfile
}

interface Running {
  readonly child: ChildProcess
  readonly accepted: Array<string>
}

const launch = async (program: string, { folder, port, version }: Options, run: number): Promise<Running> => {
  const child = spawn(process.execPath, [program, String(port), path.join(folder, "store"), String(version),
    String(run)], { stdio: ["ignore", "pipe", "pipe"] })
  const accepted: Array<string> = []
  let [rest, said] = ["", ""]
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout?.on("data", (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) if (line === "ready") resolve()
      accepted.push(...lines.filter((line) => line !== "ready"))
    })
    child.stderr?.on("data", (chunk: Buffer) => {
      said += chunk.toString()
    })
    child.once("exit", (code) => reject(new Error(`the publisher has ended with ${code}: ${said}`)))
  })
  await ready
  return { child, accepted }
}

/** Kills it, and waits for all that it has said. */
const kill = async ({ child }: Running): Promise<void> => {
  const ended = once(child, "close")
  child.kill("SIGKILL")
  await ended
}

/** Waits until nothing more comes. */
const settled = async (came: ReadonlyMap<string, number>, accepted: ReadonlySet<string>): Promise<void> => {
  let [last, since] = [-1, Date.now()]
  while (Date.now() - since < 10_000) {
    const count = [...came.values()].reduce((sum, times) => sum + times, 0)
    if (count !== last) [last, since] = [count, Date.now()]
    // What comes twice comes late.
    else if (Date.now() - since > 500 && [...accepted].every((name) => came.has(name))) return
    await pause(50)
  }
}

/** The longest time from the first message to the kill, in milliseconds. */
const longestLife = 300

const isExactlyOnce = (name: string): boolean => Number(name.split("-")[2]) % 2 === 0

export const run = async (options: Options): Promise<Sum> => {
  const { folder, kills, onKill, port, random } = options
  const begun = Date.now()
  const program = await bundled(folder)
  const came = new Map<string, number>()
  const subscriber = await mqtt.connectAsync({ host: "127.0.0.1", port, clientId: "witness" })
  subscriber.on("message", (_, payload) => {
    const name = payload.toString()
    came.set(name, (came.get(name) ?? 0) + 1)
  })
  await subscriber.subscribeAsync("killed/#", { qos: 2 })
  const accepted = new Set<string>()
  let atWork = 0
  for (let count = 1; count <= kills; count++) {
    const running = await launch(program, options, count)
    await pause(random() * longestLife)
    await kill(running)
    if (running.accepted.length > 0) atWork++
    for (const name of running.accepted) accepted.add(name)
    onKill?.(count)
  }
  const last = await launch(program, options, 0)
  await settled(came, accepted)
  await kill(last)
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
