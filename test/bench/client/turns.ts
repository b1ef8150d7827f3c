/** The clients take turns at one Server, row by row, and each row becomes a line of the table. */
import * as Progress from "../../../src/programs/dormouse/terminal/Progress.ts"
import * as LibMosquitto from "./libmosquitto.ts"
import type * as Musts from "./musts.ts"
import type { Flood, Order, Taken } from "./orders.ts"
import * as Processes from "./processes.ts"
import type { Row, Transport } from "./rows.ts"
import { line, median, ratio, ratios } from "./table.ts"

export interface Options {
  /** Pairs of turns for each line. */
  readonly turns: number
  /** Only the lines whose Server and work contain this text. */
  readonly only: string
  /** Also shows where our time went, for each line. Profiling costs time itself: the ratios then mean little. */
  readonly isProfiled: boolean
}

export interface Stand {
  readonly server: string
  readonly portOf: (transport: Transport) => number
  readonly rows: ReadonlyArray<Row>
  /** Publishes to a worker that is ready. */
  readonly flood: (flood: Flood) => void
  readonly musts: Musts.Musts
}

const names = ["dormouse", "mqttjs", "bare"] as const

type Workers = readonly [ours: Processes.Worker, mqttJs: Processes.Worker, bare: Processes.Worker]

const progress = Progress.make()

/** Each has its own: at a broker the others would receive its messages, too. */
const topicOf = (worker: Processes.Worker): string => `flood/${worker.name}`

const perform = ({ flood }: Stand, worker: Processes.Worker, order: Order): Promise<Taken> => {
  const topic = topicOf(worker)
  if (order.work === "answer") {
    return worker.perform(order, () => flood({ topic, qos: 0, count: order.count, bytes: 64 }))
  }
  if (order.work === "receive") return worker.perform(order, () => flood({ ...order, topic }))
  return worker.perform(order)
}

/** The turns before the first warm up. */
const warmUps = 2

const takeTurns = async <A>(
  { server }: Stand,
  name: string,
  turns: number,
  take: () => Promise<A>
): Promise<ReadonlyArray<A>> => {
  const taken: Array<A> = []
  for (let turn = -warmUps; turn < turns; turn++) {
    progress.say(() => `${server}: ${name}, turn ${Math.max(turn + 1, 0)} of ${turns}`)
    const one = await take()
    if (turn >= 0) taken.push(one)
  }
  progress.clear()
  return taken
}

const showProfile = ({ profile }: Taken): void => {
  for (const { name, share } of profile) console.log(`      ${(100 * share).toFixed(1).padStart(5)} %  ${name}`)
}

/** What each took, turn by turn, and libmosquitto's milliseconds, if it has a tool for it. */
interface Turn {
  readonly each: readonly [ours: Taken, mqttJs: Taken, bare: Taken]
  readonly c: number
}

const show = (stand: Stand, row: Row, taken: ReadonlyArray<Turn>, withoutC: string): void => {
  const of = (worker: 0 | 1 | 2, what: "millis" | "cpuMillis" = "millis") => taken.map(({ each }) => each[worker][what])
  const [ours, theirs, bare, c] = [of(0), of(1), of(2), taken.map(({ c }) => c)]
  const ofBare = (millis: ReadonlyArray<number>) => median(ratios(bare, millis)).toFixed(2)
  const perSecond = Math.round(row.count * 1_000 / median(ours)).toLocaleString("en")
  const beside = withoutC === "" ? ratio(c, ours) : withoutC
  console.log(
    line(stand.server, row.name, perSecond, ratio(theirs, ours), ratio(of(1, "cpuMillis"), of(0, "cpuMillis")), beside,
      `${ofBare(ours)} and ${ofBare(theirs)}`)
  )
  const place = `${stand.server}, ${row.name}`
  const isAnswer = row.order({ port: 0, ...row.transport }).work === "answer"
  if (stand.server === "raw" && !isAnswer) stand.musts.mqttJs(place, ratios(theirs, ours), ratios(theirs, bare))
  if (withoutC === "") stand.musts.libmosquitto(place, ratios(c, ours))
}

const compare = async (stand: Stand, workers: Workers, row: Row, options: Options): Promise<void> => {
  const link = { port: stand.portOf(row.transport), ...row.transport }
  const order = row.order(link)
  const c = await LibMosquitto.measuring(link, order, stand.flood)
  const withoutC = c !== undefined ? ""
    : !LibMosquitto.isThere ? "not installed"
    : link.webSocket ? "has no WebSocket"
    : "has no tool for it"
  try {
    const taken = await takeTurns<Turn>(stand, row.name, options.turns, async () => ({
      each: [await perform(stand, workers[0], order), await perform(stand, workers[1], order),
        await perform(stand, workers[2], order)],
      c: await c?.measure() ?? NaN
    }))
    show(stand, row, taken, withoutC)
    const last = taken.at(-1)
    if (last !== undefined) showProfile(last.each[0])
  } finally {
    c?.stop()
  }
}

/**
 * How much longer a handler that waits for its answer takes than one that does not: ours, and a bare socket that writes
 * the next answer when the last is acknowledged, which is what one round trip after another costs whoever makes them.
 */
const waiting = async (stand: Stand, [ours, , bare]: Workers, options: Options): Promise<void> => {
  const name = "10,000 at once: who waits for each answer, of who does not"
  if (!isWanted(stand, name, options)) return
  const each = async (worker: Processes.Worker, forked: boolean) =>
    (await perform(stand, worker, { work: "answer", count: 10_000, forked })).millis
  const taken = await takeTurns(stand, name, options.turns,
    async () =>
      [await each(ours, false), await each(ours, true), await each(bare, false), await each(bare, true)] as const)
  const of = (index: 0 | 1 | 2 | 3) => taken.map((times) => times[index])
  const millis = ([0, 1, 2, 3] as const).map((index) => median(of(index)).toFixed(0)).join(", ")
  console.log(
    line(stand.server, name, "", ratio(of(0), of(1)), "", "",
      `a bare socket's: ${ratio(of(2), of(3))}; ours and its, ms: ${millis}`)
  )
}

const isWanted = ({ server }: Stand, name: string, { only }: Options): boolean => `${server}, ${name}`.includes(only)

const startWorkers = async (stand: Stand, transport: Transport, isProfiled: boolean): Promise<Workers> => {
  const link = { port: stand.portOf(transport), ...transport }
  const start = async (name: Processes.Name): Promise<Processes.Worker> => {
    const worker = Processes.worker(name, isProfiled)
    await worker.perform({ work: "connect", link, clientId: name })
    await worker.perform({ work: "subscribe", topic: topicOf(worker), qos: 2 })
    return worker
  }
  return [await start(names[0]), await start(names[1]), await start(names[2])]
}

/** All rows of the stand that are wanted. Those of one transport have the same processes. */
export const run = async (stand: Stand, options: Options): Promise<void> => {
  const wanted = stand.rows.filter(({ name }) => isWanted(stand, name, options))
  const transports = new Set(wanted.map(({ transport }) => transport))
  for (const transport of transports) {
    const workers = await startWorkers(stand, transport, options.isProfiled)
    try {
      for (const row of wanted.filter((row) => row.transport === transport)) {
        await compare(stand, workers, row, options)
      }
      if (wanted.some((row) => row.transport === transport && row.order({ port: 0, ...transport }).work === "answer")) {
        await waiting(stand, workers, options)
      }
    } finally {
      for (const worker of workers) await worker.stop()
    }
  }
}
