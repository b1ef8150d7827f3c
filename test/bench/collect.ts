/**
 * Rows a second that a collector gets from a Server into a SQLite file, beside MQTT.js with the same database library
 * and the same tables. Run by `npm run bench -- collect`; needs Mosquitto.
 *
 * The Server has kept all readings for a Session; then the collector comes. Each is a process of its own, in turns.
 */
import { build } from "esbuild"
import * as Effect from "effect/Effect"
import mqtt from "mqtt"
import { fork } from "node:child_process"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import { document } from "../collect/Producer.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import { heading, line, median, ratio } from "./client/table.ts"

export interface Options {
  /** Turns of each. */
  readonly turns: number
}

interface Taken {
  readonly seconds: number
  readonly busy: number
}

const built = path.join(import.meta.dirname, "../../node_modules/.cache/dormouse-bench/collect.mjs")

const buildWorker = () =>
  build({
    entryPoints: [path.join(import.meta.dirname, "collect/worker.ts")],
    outfile: built,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning"
  })

/** A Session with so many readings that wait for its Client. */
const fill = async (port: number, clientId: string, prefix: string, count: number): Promise<void> => {
  const options = { host: "127.0.0.1", port, protocolVersion: 4 } as const
  const absent = await mqtt.connectAsync({ ...options, clientId, clean: false })
  await absent.subscribeAsync(prefix + "/+/data", { qos: 1 })
  await absent.endAsync()
  const producer = await mqtt.connectAsync({ ...options, clientId: clientId + "-producer" })
  let next = 0
  const place = async () => {
    while (next < count) {
      const index = next++
      await producer.publishAsync(`${prefix}/d${index % 50}/data`, document(index, 50), { qos: 1 })
    }
  }
  await Promise.all(Array.from({ length: 20 }, place))
  await producer.endAsync()
}

const perform = (...args: ReadonlyArray<string>): Promise<Taken> =>
  new Promise((resolve, reject) => {
    const child = fork(built, args)
    child.once("message", (taken) => resolve(taken as Taken))
    child.once("exit", () => reject(new Error("a process of the benchmark has ended; what it said is above")))
  })

/** Who waits for each commit is so slow that less of it says as much. */
const counts = { "dormouse": 20_000, "stored first": 2_000, "acknowledged first": 20_000 } as const

type Name = keyof typeof counts

const names = Object.keys(counts) as ReadonlyArray<Name>

const progress = Progress.make()

/** Rows a second by the clock, and by the processor time of the collector. */
const rates = async (port: number, folder: string, name: Name, turn: number) => {
  const [id, count] = [`${name.replace(" ", "-")}-${turn}`, counts[name]]
  await fill(port, id, id, count)
  const { busy, seconds } = await perform(name, String(port), id, id + "/+/data", path.join(folder, id + ".db"),
    String(count))
  return { byClock: count / seconds, byProcessor: count / busy }
}

const thousands = (count: number): string => Math.round(count).toLocaleString("en-US")

const measure = async (port: number, window: string, turns: number): Promise<void> => {
  const folder = mkdtempSync(path.join(tmpdir(), "dormouse-bench-"))
  const taken = new Map<Name, Array<{ byClock: number; byProcessor: number }>>(names.map((name) => [name, []]))
  try {
    for (let turn = 0; turn < turns; turn++) {
      for (const name of names) {
        progress.say(() => `${window}: turn ${turn + 1} of ${turns}`)
        taken.get(name)?.push(await rates(port, folder, name, turn))
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  progress.clear()
  const of = (name: Name, which: "byClock" | "byProcessor") => (taken.get(name) ?? []).map((one) => one[which])
  for (const name of names.slice(1)) {
    for (const which of ["byClock", "byProcessor"] as const) {
      const [mine, other] = [of("dormouse", which), of(name, which)]
      const what = `${window}, MQTT.js ${name}${which === "byClock" ? "" : ", processor time"}`
      console.log(line(what, thousands(median(mine)), thousands(median(other)), ratio(mine, other)))
    }
  }
}

export const run = async ({ turns }: Options): Promise<void> => {
  if (Mosquitto.executable === undefined) {
    return console.log("Rows of a collector: needs Mosquitto, which is not installed")
  }
  await buildWorker()
  console.log(`Rows a second from Mosquitto into SQLite, medians of ${turns} turns (half of the ratios lie between)`)
  console.log(heading("", "dormouse collect", "MQTT.js", "ratio"))
  for (const window of [20, 1_000]) {
    const broker = Mosquitto.make({}, ["max_queued_messages 0", `max_inflight_messages ${window}`])
    await Effect.runPromise(
      Effect.scoped(
        Effect.flatMap(broker, ({ tcp }) => Effect.promise(() => measure(tcp.port, `${window} in flight`, turns)))
      )
    )
  }
}
