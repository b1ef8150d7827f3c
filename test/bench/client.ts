/**
 * The Client beside MQTT.js 5: the same work at the same Servers, in turns. Run by `npm run bench -- client`.
 *
 * The Servers are Mosquitto, where it is installed, and a raw one that does next to nothing, so that it is never the limit. Each
 * client and each Server has a process of its own. Two turns, ours and theirs, give one ratio; the median of all is printed,
 * for time and for the client's own processor time, which counts the client whatever limits the pair.
 */
import * as Effect from "effect/Effect"
import * as Mosquitto from "../support/mosquitto.ts"
import { measureMemory } from "./client/memory.ts"
import type { Order, Taken } from "./client/orders.ts"
import * as Processes from "./client/processes.ts"
import { progress } from "./client/progress.ts"
import * as Publisher from "./client/publisher.ts"
import { heading, line, median, ratio } from "./client/table.ts"
import { parseArgs } from "node:util"

const { values: options } = parseArgs({
  options: {
    /** The rows whose name holds this text. */
    only: { type: "string", default: "" },
    turns: { type: "string", default: "11" },
    /** A folder for profiles of the clients' processes, as `node --cpu-prof` makes them. */
    profile: { type: "string" }
  }
})

const turns = Number(options.turns)
const nodeOptions = options.profile === undefined ? [] : ["--cpu-prof", "--cpu-prof-dir=" + options.profile]

interface Row {
  readonly name: string
  readonly order: Order
  /** Also done with a bare socket: how much faster could a client be? */
  readonly isBounded?: boolean
}

const rows: ReadonlyArray<Row> = [
  { name: "publish, QoS 0", order: { work: "publish", qos: 0, count: 100_000, window: 1 } },
  { name: "publish, QoS 1, window of 64", order: { work: "publish", qos: 1, count: 48_000, window: 64 } },
  { name: "publish, QoS 1, one at a time", order: { work: "publish", qos: 1, count: 4_000, window: 1 }, isBounded: true },
  { name: "receive, QoS 0", order: { work: "receive", qos: 0, count: 100_000 } },
  { name: "receive, QoS 1", order: { work: "receive", qos: 1, count: 50_000 } }
]

interface Stand {
  readonly server: string
  readonly port: number
  /** Floods the worker that is ready. Undefined: the Server does it when asked. */
  readonly flood: Publisher.Publisher["flood"] | undefined
}

const perform = (stand: Stand, worker: Processes.Worker, order: Order): Promise<Taken> => {
  if (order.work !== "receive") return worker.perform(order)
  const { count, qos } = order
  const flood = stand.flood
  return flood === undefined ? worker.perform({ work: "flood", qos, count }) : worker.perform(order, () => flood(qos, count))
}

/** For each turn what each worker took. */
const takeTurns = async (stand: Stand, workers: ReadonlyArray<Processes.Worker>, { name, order }: Row) => {
  const taken: Array<ReadonlyArray<Taken>> = []
  // The first two turns warm up.
  for (let turn = -2; turn < turns; turn++) {
    progress(`${stand.server}: ${name}, turn ${Math.max(turn + 1, 0)} of ${turns}`)
    const each: Array<Taken> = []
    for (const worker of workers) each.push(await perform(stand, worker, order))
    if (turn >= 0) taken.push(each)
  }
  progress("")
  return taken
}

const compare = async (stand: Stand, [ours, theirs, bare]: ReadonlyArray<Processes.Worker>, row: Row): Promise<void> => {
  const taken = await takeTurns(stand, [ours, theirs, row.isBounded === true ? bare : undefined].filter((worker) => worker !== undefined), row)
  const pairs = (what: "millis" | "cpuMillis") =>
    ratio(taken.map(([mine, other]) => ({ ours: mine?.[what] ?? NaN, theirs: other?.[what] ?? NaN })))
  const share = (worker: number) => median(taken.map((each) => (each[2]?.millis ?? NaN) / (each[worker]?.millis ?? NaN))).toFixed(2)
  const bound = row.isBounded === true ? `${share(0)} and ${share(1)}` : ""
  console.log(line(stand.server, row.name, pairs("millis"), pairs("cpuMillis"), bound))
}

const throughput = async (stand: Stand): Promise<void> => {
  const workers = (["dormouse", "mqttjs", "bare"] as const).map((name) => Processes.worker(name, nodeOptions))
  try {
    for (const worker of workers) {
      await worker.perform({ work: "connect", host: "127.0.0.1", port: stand.port, clientId: worker.name })
      await worker.perform({ work: "subscribe", topic: "flood", qos: 1 })
    }
    for (const row of rows.filter(({ name }) => name.includes(options.only))) await compare(stand, workers, row)
  } finally {
    for (const worker of workers) await worker.stop()
  }
}

const atMosquitto = Effect.scoped(Effect.gen(function*() {
  // It would drop what a subscriber cannot take at once, and then nothing would be the same work.
  const { tcp } = yield* Mosquitto.make({}, ["max_queued_messages 0"])
  const publisher = yield* Effect.acquireRelease(
    Effect.promise(() => Publisher.connect(tcp.port)),
    (publisher) => Effect.sync(() => publisher.stop())
  )
  yield* Effect.promise(() => throughput({ server: "Mosquitto", port: tcp.port, flood: publisher.flood }))
}))

await Processes.buildAll()
const raw = await Processes.rawServer()
console.log(`Dormouse's Client beside MQTT.js 5, medians of ${turns} pairs; above 1: Dormouse takes less`)
console.log(heading("Server", "work", "time", "processor time", "speed of the two, of a bare socket's"))
try {
  await throughput({ server: "raw", port: raw.port, flood: undefined })
  if (Mosquitto.executable !== undefined && !process.env.NOMOSQ) await Effect.runPromise(atMosquitto)
  else console.log(line("Mosquitto", "is not installed", "", "", ""))
  await measureMemory(raw.port, options.only)
} finally {
  await raw.stop()
}
