/**
 * Load on a cluster while its nodes are killed: one client publishes with QoS 1 to a list of all nodes, another one
 * collects on a kept Session behind HAProxy. Each kill takes the next node, with SIGKILL; it is started again after a
 * moment. So at most one node is away at a time.
 */
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import * as ServerUrl from "../../src/programs/client/ServerUrl.ts"
import { type Connect, connectOver } from "../../src/programs/library/connecting.ts"
import type { ClientEvent, MqttClient } from "../../src/programs/library/library.ts"
import { pause } from "./Child.ts"
import type * as Cluster from "./Cluster.ts"
import { type Arrival, judge, type Verdict } from "./Judge.ts"
import * as Wire from "./Wire.ts"

export interface Given {
  readonly cluster: Cluster.Cluster
  readonly messages: number
  /** Messages a second; what the cluster could not take while a node was away is made up for. */
  readonly rate: number
  readonly killEveryMillis: number
  /** Says how far it is. */
  readonly say: (line: string) => void
}

/** A kill, and how long it took until each client was connected again: undefined for one that had lost nothing. */
export interface Kill {
  readonly node: number
  readonly publisherMillis: number | undefined
  readonly collectorMillis: number | undefined
  /** Until the node served again. */
  readonly nodeMillis: number
}

export interface Found extends Verdict {
  readonly kills: ReadonlyArray<Kill>
  readonly seconds: number
  /** Messages that came only when the collector had connected once more, though it was connected before. */
  readonly waited: number
  /** Messages that came to the collector's client, and not to its handler. None should. */
  readonly unhandled: ReadonlyArray<string>
  /** Publishes that failed. None should. */
  readonly failed: ReadonlyArray<string>
}

const connectWith = (notes: Wire.Notes): Connect =>
  connectOver({
    sockets: Wire.layer(NodeSocket.layer, notes),
    parse: (text) => ServerUrl.parse(text),
    optionFault: () => undefined,
    warn: () => {}
  })

/** When a client lost its connection, and when it had one again. */
const watch = () => {
  const lost: Array<{ readonly since: number; until: number | undefined }> = []
  const onEvent = ({ _tag }: ClientEvent): void => {
    const last = lost.at(-1)
    const isAway = last !== undefined && last.until === undefined
    if (_tag === "Reconnecting" && !isAway) lost.push({ since: Date.now(), until: undefined })
    if (_tag === "Connected" && isAway) last.until = Date.now()
  }
  /** Until it was connected for good, if it lost its connection between the two times. */
  const millisAfter = (kill: number, next: number): number | undefined => {
    const found = lost.filter(({ since }) => since >= kill && since < next).at(-1)
    return found === undefined ? undefined : (found.until ?? Date.now()) - kill
  }
  return { onEvent, millisAfter }
}

const topics = "clusters"
/** At most so many messages wait for their acknowledgement. */
const maximumPending = 1_000

const publishAll = async (client: MqttClient, { messages, rate }: Given, onSettled: () => void) => {
  const acknowledged = new Set<string>()
  const failed: Array<string> = []
  const begun = Date.now()
  let [sent, pending] = [0, 0]
  while (sent < messages || pending > 0) {
    const due = Math.min(messages, Math.ceil((Date.now() - begun) * rate / 1_000))
    for (; sent < due && pending < maximumPending; sent++) {
      const payload = String(sent)
      pending++
      client.publish(`${topics}/${sent % 8}`, payload, { qos: 1 }).then(
        () => acknowledged.add(payload),
        (fault: Error) => failed.push(`${payload}: ${fault.message}`)
      ).finally(() => {
        pending--
        onSettled()
      })
    }
    await pause(5)
  }
  return { acknowledged, failed }
}

/** How long a node stays away before it is started again. */
const awayMillis = 1_000

interface Killed {
  readonly node: number
  readonly at: number
  readonly nodeMillis: number
}

/** Until `isOver`; then all nodes are there. */
const killAll = async ({ cluster, killEveryMillis }: Given, isOver: () => boolean, say: (killed: Killed) => void) => {
  const killed: Array<Killed> = []
  let next = Date.now() + killEveryMillis
  for (let index = 0; !isOver(); index++) {
    while (!isOver() && Date.now() < next) await pause(20)
    if (isOver()) break
    const node = index % cluster.nodes.length
    const victim = cluster.nodes[node] as Cluster.Node
    const at = Date.now()
    next = at + killEveryMillis
    await victim.kill()
    await pause(awayMillis)
    await victim.start()
    const one = { node: node + 1, at, nodeMillis: Date.now() - at }
    killed.push(one)
    say(one)
    // The others must have seen that it is back.
    next = Math.max(next, Date.now() + awayMillis)
  }
  return killed
}

/** Nothing has come for so long. */
const quietMillis = 15_000

/** Waits until all has come, or nothing comes any more. True: all has come. */
const collectRest = async (wanted: ReadonlySet<string>, arrivals: ReadonlyArray<Arrival>): Promise<boolean> => {
  const missing = new Set(wanted)
  let [seen, since] = [0, Date.now()]
  while (missing.size > 0 && Date.now() - since < quietMillis) {
    if (seen < arrivals.length) since = Date.now()
    for (; seen < arrivals.length; seen++) missing.delete(arrivals[seen]?.payload ?? "")
    await pause(100)
  }
  return missing.size === 0
}

/** What comes twice comes late. */
const lateMillis = 1_000

/** The run. Its clients are put into `clients`, for who ends them whatever happens. */
const runWith = async (given: Given, clients: Set<MqttClient>): Promise<Found> => {
  const { cluster, messages, say } = given
  const [own, others] = [Wire.notes(), Wire.notes()]
  const arrivals: Array<Arrival> = []
  const [publisherWatch, collectorWatch] = [watch(), watch()]
  const id = Math.random().toString(36).slice(2)
  const session = { cleanSession: false, keepAlive: 10, waitForServer: true } as const
  const collect = async () => {
    const client = await connectWith(others)(`mqtt://127.0.0.1:${cluster.balanced}`, {
      ...session,
      clientId: `collector-${id}`,
      onEvent: collectorWatch.onEvent
    })
    clients.add(client)
    await client.subscribe(`${topics}/+`, ({ dup, text }) => void arrivals.push({ payload: text, dup }), { qos: 1 })
    return client
  }
  let collector = await collect()
  const publisher = await connectWith(own)(
    cluster.nodes.map(({ port }) => `mqtt://127.0.0.1:${port}`),
    { ...session, clientId: `publisher-${id}`, servers: { returnAfter: false }, onEvent: publisherWatch.onEvent }
  )
  clients.add(publisher)
  // Servers keep no Session, or do not say so, for a client that has subscribed to nothing.
  await publisher.subscribe(`answers/${id}`, () => {}, { qos: 1 })
  const begun = Date.now()
  let [settled, isOver] = [0, false]
  const seconds = (millis: number | undefined) => millis === undefined ? "not lost" : `${(millis / 1_000).toFixed(1)} s`
  const killing = killAll(given, () => isOver, ({ at, node, nodeMillis }) => {
    const [mine, other] = [publisherWatch, collectorWatch].map(({ millisAfter }) => seconds(millisAfter(at, Infinity)))
    say(
      `node ${node} killed at ${settled} of ${messages}: publisher again after ${mine}, collector ${other}, node ${
        seconds(nodeMillis)
      }`
    )
  })
  // Said when all is published: the messages go on with the nodes that are there.
  killing.catch(() => {})
  const { acknowledged, failed } = await publishAll(publisher, given, () => settled++)
  isOver = true
  const published = (Date.now() - begun) / 1_000
  const killed = await killing
  // Some Servers send what waits for a Session only when its client connects.
  let atOnce = arrivals.length
  if (!await collectRest(acknowledged, arrivals)) {
    atOnce = arrivals.length
    await collector.end()
    collector = await collect()
    await collectRest(acknowledged, arrivals)
  }
  await pause(lateMillis)
  const kills = killed.map(({ at, node, nodeMillis }, index): Kill => {
    const until = killed[index + 1]?.at ?? Infinity
    const [publisherMillis, collectorMillis] = [publisherWatch, collectorWatch].map(({ millisAfter }) =>
      millisAfter(at, until)
    )
    return { node, nodeMillis, publisherMillis, collectorMillis }
  })
  const early = arrivals.slice(0, atOnce)
  const waited = judge(acknowledged, own.sent, early).lost.length
  const handled = new Set(arrivals.map(({ payload }) => payload))
  const unhandled = others.received.filter(({ payload }) => !handled.has(payload)).map(({ payload }) => payload)
  return { ...judge(acknowledged, own.sent, arrivals), waited, unhandled, kills, failed, seconds: published }
}

export const run = async (given: Given): Promise<Found> => {
  const clients = new Set<MqttClient>()
  try {
    return await runWith(given, clients)
  } finally {
    for (const client of clients) await client.end({ timeout: 0 })
  }
}
