/**
 * The Client beside MQTT.js 5: the same work at the same Servers, in turns. Run by `npm run bench -- client`.
 *
 * The Servers are Mosquitto, where it is installed, and a raw one that does next to nothing, so that it is never the
 * limit. Each client and each Server has a process of its own. Two turns, ours and theirs, give one ratio; the median
 * of all is printed, for time and for the client's own processor time, which counts the client whatever limits the
 * pair. A third turn has a bare socket write and read the same packets ready-made: where a client is as quick,
 * something else is the limit.
 */
import * as Effect from "effect/Effect"
import { availableParallelism, loadavg } from "node:os"
import * as Progress from "../../src/programs/dormouse/terminal/Progress.ts"
import * as Mosquitto from "../support/mosquitto.ts"
import * as LibMosquitto from "./client/libmosquitto.ts"
import { measureMemory } from "./client/memory.ts"
import type { Order, Taken } from "./client/orders.ts"
import * as Processes from "./client/processes.ts"
import * as Publisher from "./client/publisher.ts"
import { heading, line, median, ratio, ratios } from "./client/table.ts"

export interface Options {
  /** Pairs of turns for each line. */
  readonly turns: number
  /** Only the lines whose work contains this text. */
  readonly only: string
  /** Also shows where our time went, for each line. Profiling costs time itself: the ratios then mean little. */
  readonly isProfiled: boolean
}

interface Row {
  readonly name: string
  readonly order: Order
}

const rows: ReadonlyArray<Row> = [
  { name: "publish, QoS 0", order: { work: "publish", qos: 0, count: 100_000, window: 1 } },
  { name: "publish, QoS 1, window of 64", order: { work: "publish", qos: 1, count: 48_000, window: 64 } },
  { name: "publish, QoS 1, one at a time", order: { work: "publish", qos: 1, count: 4_000, window: 1 } },
  { name: "receive, QoS 0", order: { work: "receive", qos: 0, count: 100_000 } },
  { name: "receive, QoS 1", order: { work: "receive", qos: 1, count: 50_000 } }
]

const answers = (forked: boolean): Order => ({ work: "answer", count: 10_000, forked, fromServer: true })

/** Theirs do not wait in either. */
const answerRows: ReadonlyArray<Row> = [
  { name: "10,000 at once, each answered, QoS 1, forked", order: answers(true) },
  { name: "10,000 at once, each answered, QoS 1, our handler waits", order: answers(false) }
]

interface Stand {
  readonly server: string
  readonly port: number
  readonly rows: ReadonlyArray<Row>
  /** Floods the worker that is ready. Undefined: the Server does it when asked. */
  readonly flood: Publisher.Publisher["flood"] | undefined
}

const perform = (stand: Stand, worker: Processes.Worker, order: Order): Promise<Taken> => {
  const flood = stand.flood
  if (order.work === "answer") {
    return flood === undefined ? worker.perform(order) : worker.perform({ ...order, fromServer: false }, () =>
      flood(0, order.count))
  }
  if (order.work !== "receive") return worker.perform(order)
  const { count, qos } = order
  return flood === undefined ? worker.perform({ work: "flood", qos, count })
    : worker.perform(order, () => flood(qos, count))
}

const progress = Progress.make()

/** The turns before the first warm up. */
const turnOf = ({ server }: Stand, name: string, turn: number, turns: number): string =>
  `${server}: ${name}, turn ${Math.max(turn + 1, 0)} of ${turns}`

/** For each turn what each worker took. */
const takeTurns = async (
  stand: Stand,
  workers: ReadonlyArray<Processes.Worker>,
  { name, order }: Row,
  turns: number
) => {
  const taken: Array<ReadonlyArray<Taken>> = []
  // The first two turns warm up.
  for (let turn = -2; turn < turns; turn++) {
    progress.say(() => turnOf(stand, name, turn, turns))
    const each: Array<Taken> = []
    for (const worker of workers) each.push(await perform(stand, worker, order))
    if (turn >= 0) taken.push(each)
  }
  progress.clear()
  return taken
}

const compare = async (
  stand: Stand,
  workers: ReadonlyArray<Processes.Worker>,
  row: Row,
  options: Options
): Promise<void> => {
  const taken = await takeTurns(stand, workers, row, options.turns)
  const of = (worker: number, what: "millis" | "cpuMillis") => taken.map((each) => each[worker]?.[what] ?? NaN)
  const versus = (what: "millis" | "cpuMillis") => ratio(of(1, what), of(0, what))
  const bound = (worker: number) => median(ratios(of(2, "millis"), of(worker, "millis"))).toFixed(2)
  console.log(line(stand.server, row.name, versus("millis"), versus("cpuMillis"), `${bound(0)} and ${bound(1)}`))
  for (const { name, share } of taken.at(-1)?.[0]?.profile ?? []) {
    console.log(`      ${(100 * share).toFixed(1).padStart(5)} %  ${name}`)
  }
}

/**
 * How much longer a handler that waits for its answer takes than one that does not: ours, and a bare socket that writes
 * the next answer when the last is acknowledged, which is what one round trip after another costs whoever makes them.
 */
const waiting = async (stand: Stand, workers: ReadonlyArray<Processes.Worker>, options: Options): Promise<void> => {
  const name = "10,000 at once: who waits for each answer, of who does not"
  if (!name.includes(options.only)) return
  const [ours, , bare] = workers as [Processes.Worker, Processes.Worker, Processes.Worker]
  const each = async (worker: Processes.Worker, forked: boolean) =>
    (await perform(stand, worker, answers(forked))).millis
  const taken: Array<readonly [waits: number, forks: number, bareWaits: number, bareForks: number]> = []
  for (let turn = -2; turn < options.turns; turn++) {
    progress.say(() => turnOf(stand, name, turn, options.turns))
    const times = [await each(ours, false), await each(ours, true), await each(bare, false),
      await each(bare, true)] as const
    if (turn >= 0) taken.push(times)
  }
  progress.clear()
  const of = (index: 0 | 1 | 2 | 3) => taken.map((times) => times[index])
  const millis = ([0, 1, 2, 3] as const).map((index) => median(of(index)).toFixed(0)).join(", ")
  console.log(
    line(stand.server, name, ratio(of(0), of(1)), "",
      `a bare socket's: ${ratio(of(2), of(3))}; ours and its, ms: ${millis}`)
  )
}

const throughput = async (stand: Stand, options: Options): Promise<void> => {
  const workers = (["dormouse", "mqttjs", "bare"] as const).map((name) => Processes.worker(name, options.isProfiled))
  try {
    for (const worker of workers) {
      await worker.perform({ work: "connect", host: "127.0.0.1", port: stand.port, clientId: worker.name })
      await worker.perform({ work: "subscribe", topic: "flood", qos: 1 })
    }
    for (const row of stand.rows.filter(({ name }) => name.includes(options.only))) {
      await compare(stand, workers, row, options)
    }
    await waiting(stand, workers, options)
  } finally {
    for (const worker of workers) await worker.stop()
  }
}

/** The Client beside libmosquitto, where its tools are installed: its time of ours. */
const besideC = async (stand: Stand, { only, turns }: Options): Promise<void> => {
  const { flood, port } = stand
  if (!LibMosquitto.isThere) return console.log(line("Mosquitto", "libmosquitto is not installed", "", "", ""))
  const worker = Processes.worker("dormouse")
  const theirs = (order: Order): Promise<number> => {
    if (order.work === "publish") return LibMosquitto.publish(port, order.qos, order.count, order.window)
    if (order.work !== "receive") throw new Error(`libmosquitto has no tool to ${order.work}`)
    const { count, qos } = order
    return LibMosquitto.receive(port, qos, count, () => flood?.(qos, count))
  }
  try {
    await worker.perform({ work: "connect", host: "127.0.0.1", port, clientId: "beside-c" })
    await worker.perform({ work: "subscribe", topic: "flood", qos: 1 })
    for (const { name, order } of rows.filter(({ name }) => name.includes(only))) {
      const taken: Array<readonly [ours: number, theirs: number]> = []
      for (let turn = -2; turn < turns; turn++) {
        progress.say(() => turnOf(stand, `${name}, beside libmosquitto`, turn, turns))
        const times = [(await perform(stand, worker, order)).millis, await theirs(order)] as const
        if (turn >= 0) taken.push(times)
      }
      progress.clear()
      const each = ([0, 1] as const).map((index) => taken.map((times) => times[index])) as [
        Array<number>,
        Array<number>
      ]
      console.log(line(stand.server, `${name}: libmosquitto, of ours`, ratio(each[1], each[0]), "", ""))
    }
  } finally {
    await worker.stop()
  }
}

const everything = [...rows, ...answerRows]

/** A Server that takes as long as MQTT.js for each message: what a client costs shows least there. */
const atAedes = async (options: Options): Promise<void> => {
  const aedes = await Processes.server("aedesServer")
  const publisher = await Publisher.connect(aedes.port)
  try {
    await throughput({ server: "Aedes", port: aedes.port, rows: answerRows, flood: publisher.flood }, options)
  } finally {
    publisher.stop()
    await aedes.stop()
  }
}

const atMosquitto = (options: Options) =>
  Effect.scoped(Effect.gen(function*() {
    // It would drop what a subscriber cannot take at once, and then the two would not do the same work.
    const { tcp } = yield* Mosquitto.make({}, ["max_queued_messages 0"])
    const publisher = yield* Effect.acquireRelease(
      Effect.promise(() => Publisher.connect(tcp.port)),
      (publisher) => Effect.sync(() => publisher.stop())
    )
    const stand: Stand = { server: "Mosquitto", port: tcp.port, rows: everything, flood: publisher.flood }
    yield* Effect.promise(() => throughput(stand, options))
    yield* Effect.promise(() => besideC(stand, options))
  }))

export const run = async (options: Options): Promise<void> => {
  await Processes.buildAll()
  const raw = await Processes.server("rawServer")
  console.log(
    `The Client beside MQTT.js 5: theirs of ours, medians of ${options.turns} pairs (half of them lie between); above 1 ours takes less`
  )
  console.log(heading("Server", "work", "time", "processor time", "speed of each, of a bare socket's"))
  try {
    await throughput({ server: "raw", port: raw.port, rows: everything, flood: undefined }, options)
    if (Mosquitto.executable === undefined) console.log(line("Mosquitto", "is not installed", "", "", ""))
    else await Effect.runPromise(atMosquitto(options))
    await atAedes(options)
    await measureMemory(raw.port, options.only)
    const load = loadavg()[0] ?? 0
    if (load > 2 * availableParallelism()) {
      console.log(
        `\nOther work runs on this machine (load ${
          load.toFixed(0)
        }): whoever waits often waits longer, so trust the processor time.`
      )
    }
  } finally {
    await raw.stop()
  }
}
