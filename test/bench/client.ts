/**
 * The Client beside MQTT.js 5, the same work at the same Servers, in turns: Mosquitto, where it is installed, and a raw
 * Server that does next to nothing, so that it is never the limit. Run by `npm run bench -- client`.
 *
 * Each client has a process of its own and each Server too. One pair of turns is one ratio, the median of all is printed; what
 * a turn took in seconds says more about the machine. Processor time counts the client alone, whatever the Server does.
 */
import * as Effect from "effect/Effect"
import * as Mosquitto from "../support/mosquitto.ts"
import type { Order, Taken } from "./client/orders.ts"
import * as Processes from "./client/processes.ts"
import * as Publisher from "./client/publisher.ts"
import { line, type Pair, ratio } from "./client/table.ts"

const turns = Number(process.env["TURNS"] ?? 9)

interface Row {
  readonly name: string
  readonly order: Order
}

const rows: ReadonlyArray<Row> = [
  { name: "publish, QoS 0", order: { work: "publish", qos: 0, count: 100_000, window: 1 } },
  { name: "publish, QoS 1, window of 64", order: { work: "publish", qos: 1, count: 50_000, window: 64 } },
  { name: "publish, QoS 1, one at a time", order: { work: "publish", qos: 1, count: 5_000, window: 1 } },
  { name: "receive, QoS 0", order: { work: "receive", qos: 0, count: 100_000 } },
  { name: "receive, QoS 1", order: { work: "receive", qos: 1, count: 50_000 } }
]

interface Stand {
  readonly name: string
  readonly port: number
  /** Floods the worker that is ready. Undefined: the Server does it when asked. */
  readonly flood: Publisher.Publisher["flood"] | undefined
}

const perform = (stand: Stand, worker: Processes.Worker, order: Order): Promise<Taken> => {
  if (order.work !== "receive") return worker.perform(order)
  const { count, qos } = order
  const flood = stand.flood
  if (flood === undefined) return worker.perform({ work: "flood", qos, count })
  return worker.perform(order, () => flood(qos, count))
}

const pairs = async (stand: Stand, workers: ReadonlyArray<Processes.Worker>, { name, order }: Row): Promise<ReadonlyArray<readonly [Taken, Taken]>> => {
  const taken: Array<readonly [Taken, Taken]> = []
  // The first two turns warm up.
  for (let turn = -2; turn < turns; turn++) {
    const both: Array<Taken> = []
    for (const worker of workers) both.push(await perform(stand, worker, order))
    if (turn >= 0) taken.push(both as [Taken, Taken] & Array<Taken>)
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${stand.name}: ${name}, ${Math.max(turn + 1, 0)} of ${turns}`)
  }
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K")
  return taken
}

const names: ReadonlyArray<Processes.Name> = ["dormouse", "mqttjs"]

const toPairs = (taken: ReadonlyArray<readonly [Taken, Taken]>, what: (taken: Taken) => number): ReadonlyArray<Pair> =>
  taken.map(([ours, theirs]) => ({ ours: what(ours), theirs: what(theirs) }))

const throughput = async (stand: Stand): Promise<void> => {
  const workers = names.map((name) => Processes.worker(name, (process.env["NODE_OPTIONS_" + name] ?? "").split(" ").filter(Boolean)))
  for (const worker of workers) {
    await worker.perform({ work: "connect", host: "127.0.0.1", port: stand.port, clientId: worker.name })
  }
  for (const row of rows.filter(({ name }) => name.includes(process.env["ROW"] ?? ""))) {
    if (row.order.work === "receive") {
      for (const worker of workers) await worker.perform({ work: "subscribe", topic: "flood", qos: 1 })
    }
    const taken = await pairs(stand, workers, row)
    const speed = ratio(toPairs(taken, ({ millis }) => millis))
    const cpu = ratio(toPairs(taken, ({ cpuMillis }) => cpuMillis))
    console.log(line(stand.name, row.name, speed, cpu))
    if (process.env["RAW"] !== undefined) console.log(taken.map((pair) => pair.map(({ millis, cpuMillis }) => `${millis.toFixed(0)}/${cpuMillis.toFixed(0)}`).join(" : ")).join("   "))
  }
  for (const worker of workers) {
    await worker.perform({ work: "end" })
    await worker.stop()
  }
}

await Processes.buildAll()
const raw = await Processes.rawServer()
await throughput({ name: "raw Server", port: raw.port, flood: undefined })
if (Mosquitto.executable !== undefined && process.env["NOMOSQ"] === undefined) {
  await Effect.runPromise(Effect.scoped(Effect.gen(function*() {
    const { tcp } = yield* Mosquitto.make({}, ["max_queued_messages 0"])
    const publisher = yield* Effect.promise(() => Publisher.connect(tcp.port))
    yield* Effect.promise(() => throughput({ name: "Mosquitto", port: tcp.port, flood: publisher.flood }))
    publisher.stop()
  })))
}
await raw.stop()
