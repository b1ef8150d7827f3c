/**
 * A receiving program on a kept Session that is killed again and again with SIGKILL, while messages of QoS 1 and 2 come.
 * At the end its handler must have been done with every message that the Server has taken. One of QoS 2 may have come to
 * it twice only if the program was killed before its PUBREC: with a store, if also before the store had it as taken.
 */
import mqtt from "mqtt"
import * as path from "node:path"
import * as Programs from "../killing/programs.ts"
import type { Options } from "./kills.ts"
import * as Witness from "./Witness.ts"

export interface Sum {
  /** Messages that the Server has acknowledged, and how many of them have QoS 2. */
  readonly published: number
  readonly publishedExactlyOnce: number
  /** Published, and no handler was ever done with it. */
  readonly lost: number
  /** With QoS 2: came to the handler again though an earlier run had sent PUBREC for it, or in the same run. */
  readonly twiceExactlyOnce: number
  /** The same, because the program was killed before its PUBREC; and with QoS 1. */
  readonly againExactlyOnce: number
  readonly againAtLeastOnce: number
  /** Came to the handler behind one of its QoS that the Server had sent later on the same connection. */
  readonly late: number
  readonly atWork: number
  readonly seconds: number
}

/** `NUMBER-QOS`. */
const isExactlyOnce = (name: string): boolean => name.includes("-2")

interface Publishing {
  readonly acknowledged: ReadonlySet<string>
  readonly stop: () => Promise<void>
}

/** Messages at once: while 20 of QoS 2 are on their way to it, Mosquitto 2.0 acknowledges others, and drops them. */
const window = 16
/** Between two of them, in milliseconds. */
const beatMillis = 2

/** Publishes without end, with QoS 1 and 2 in turn. */
const publishing = async (port: number): Promise<Publishing> => {
  const client = await mqtt.connectAsync({ host: "127.0.0.1", port, clientId: "publisher" })
  const acknowledged = new Set<string>()
  const pending = new Set<Promise<void>>()
  let number = 0
  const timer = setInterval(() => {
    if (pending.size >= window) return
    const qos = number % 2 === 0 ? 2 : 1
    const name = `${number++}-${qos}`
    const work: Promise<void> = client.publishAsync("received/" + qos, name, { qos }).then(() => {
      acknowledged.add(name)
      pending.delete(work)
    })
    pending.add(work)
  }, beatMillis)
  const stop = async () => {
    clearInterval(timer)
    await Promise.all(pending)
    await client.endAsync()
  }
  return { acknowledged, stop }
}

/** The runs in which the handler began with each message, in the order in which each came first. */
interface Handled {
  readonly began: Map<string, Array<number>>
  readonly ended: Set<string>
}

const take = ({ began, ended }: Handled, lines: ReadonlyArray<string>, run: number): void => {
  for (const line of lines) {
    const [what, name = ""] = line.split(" ")
    if (what === "ended") ended.add(name)
    if (what !== "began") continue
    const runs = began.get(name) ?? []
    runs.push(run)
    began.set(name, runs)
  }
}

/** How many a handler got in another order than they came in, of each QoS by itself. */
const lateOf = (began: Handled["began"], sent: Witness.Witness["sent"]): number => {
  const latest = new Map<string, number>()
  let late = 0
  const inOrder = [...began].flatMap(([name, runs]) => runs.map((run) => ({ name, run }))).sort((a, b) => a.run - b.run)
  for (const { name, run } of inOrder) {
    const place = sent.get(`${run} ${name}`) ?? -1
    const key = `${run} ${isExactlyOnce(name)}`
    const before = latest.get(key) ?? -1
    if (place < before) late++
    latest.set(key, Math.max(before, place))
  }
  return late
}

/** What became of the messages that the Server has acknowledged. */
export const judge = (
  { began, ended }: Handled,
  acknowledged: ReadonlySet<string>,
  { received, sent }: Pick<Witness.Witness, "received" | "sent">
) => {
  const repeated = [...began].filter(([, runs]) => runs.length > 1)
  const isTwice = ([name, runs]: readonly [string, ReadonlyArray<number>]): boolean =>
    isExactlyOnce(name) &&
    runs.some((run, index) => index > 0 && (run === runs[index - 1] || (received.get(name) ?? Infinity) < run))
  return {
    published: acknowledged.size,
    publishedExactlyOnce: [...acknowledged].filter(isExactlyOnce).length,
    lost: [...acknowledged].filter((name) => !ended.has(name)).length,
    twiceExactlyOnce: repeated.filter(isTwice).length,
    againExactlyOnce: repeated.filter((each) => isExactlyOnce(each[0]) && !isTwice(each)).length,
    againAtLeastOnce: repeated.filter(([name]) => !isExactlyOnce(name)).length,
    late: lateOf(began, sent)
  }
}

/** The longest time from its start to its kill, in milliseconds. */
const longestLife = 300

/** The program has a store, or only the Session that the Server keeps. */
export const run = async (options: Options & { readonly hasStore: boolean }): Promise<Sum> => {
  const { folder, hasStore, kills, onKill, port, random, version } = options
  const begun = Date.now()
  const program = await Programs.bundled(new URL("receiver.ts", import.meta.url), folder)
  const witness = await Witness.make(port, version)
  const store = hasStore ? path.join(folder, "received") : ""
  const start = (run: number) => {
    witness.run = run
    return Programs.launch([program, String(witness.port), store, String(version)],
      (said) => said.includes("ready now"))
  }
  const handled: Handled = { began: new Map(), ended: new Set() }
  // The Session begins before the first message.
  await Programs.end(await start(0), "SIGKILL")
  const publisher = await publishing(port)
  const atWork = await Programs.killAgain({ kills, random, longestLife, onKill, start }, ({ lines }, run) => {
    take(handled, lines, run)
    return lines.length > 1
  })
  await publisher.stop()
  const last = await start(kills + 1)
  const { acknowledged } = publisher
  let seen = 0
  const count = () => {
    take(handled, last.lines.slice(seen), kills + 1)
    seen = last.lines.length
    return seen
  }
  await Programs.settled(count, () => [...acknowledged].every((name) => handled.ended.has(name)), 500)
  await Programs.end(last, "SIGKILL")
  await witness.stop()
  return { ...judge(handled, acknowledged, witness), atWork, seconds: (Date.now() - begun) / 1000 }
}
