/** What the Client does at a broker for each cell of the table. Each attempt rejects, or says what is not as it should be. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeSocket from "../../src/adapters/node/Socket.ts"
import { type Endpoint, Socket } from "../../src/ports/Socket.ts"
import { qosFault } from "../../src/programs/client/options.ts"
import * as ServerUrl from "../../src/programs/client/ServerUrl.ts"
import { connectOver } from "../../src/programs/library/connecting.ts"
import type { ConnectOptions, Message, MqttClient, QoS } from "../../src/programs/library/library.ts"
import { urlOf } from "../support/libraryClient.ts"
import type { Feature } from "./Broker.ts"

/** A client whose connection can be cut without a word. */
interface Guest {
  readonly client: MqttClient
  readonly cut: () => Promise<void>
}

interface Stay {
  /** Topics and names of this attempt alone begin so. */
  readonly id: string
  /** How long a message may take that may never come. */
  readonly patienceMillis: number
  readonly open: (name: string, options?: ConnectOptions) => Promise<Guest>
}

const cuttable = () => {
  const closes: Array<Effect.Effect<void>> = []
  const sockets = Layer.provide(
    Layer.effect(
      Socket,
      Effect.map(Socket, ({ connect }) => ({
        connect: (endpoint: Endpoint) =>
          Effect.tap(connect(endpoint), ({ close }) => Effect.sync(() => void closes.push(close)))
      }))
    ),
    NodeSocket.layer
  )
  return { sockets, cut: () => Effect.runPromise(Effect.forEach(closes, (close) => close, { discard: true })) }
}

const openAt =
  (endpoint: Endpoint, version: 4 | 5, id: string, clients: Array<MqttClient>): Stay["open"] =>
  async (name, options = {}) => {
    const { cut, sockets } = cuttable()
    const connect = connectOver({
      sockets,
      parse: (text) => ServerUrl.parse(text),
      optionFault: () => undefined,
      warn: () => {}
    })
    const client = await connect(urlOf(endpoint), {
      version,
      clientId: id + name,
      reconnect: false,
      onEvent: () => {},
      ...(endpoint.tls === undefined ? {} : { tls: endpoint.tls }),
      ...options
    })
    clients.push(client)
    return { client, cut }
  }

const next = ({ patienceMillis }: Stay, client: MqttClient, topicFilter: string, qos: QoS) => {
  let take: (message: Message) => void = () => {}
  const message = new Promise<Message>((resolve, reject) => {
    take = resolve
    setTimeout(() => reject(new Error(`nothing within ${patienceMillis / 1_000} s`)), patienceMillis).unref()
  })
  message.catch(() => {})
  return { subscribed: client.subscribe(topicFilter, (one) => take(one), { qos }), message }
}

const expectEqual = (what: string, found: unknown, wanted: unknown): void => {
  if (found !== wanted) throw new Error(`${what} is ${String(found)}, not ${String(wanted)}`)
}

const delivers = (qos: 0 | 1 | 2) => async (stay: Stay): Promise<void> => {
  const { id, open } = stay
  const { client } = await open("a")
  const { message, subscribed } = next(stay, client, `${id}/#`, qos as QoS)
  await subscribed
  await client.publish(`${id}/a`, "text", { qos: qos as QoS })
  const { text, qos: came } = await message
  expectEqual("the payload", text, "text")
  expectEqual("QoS", came, qos)
}

const retained = async ({ id, open, patienceMillis }: Stay): Promise<void> => {
  const { client } = await open("a")
  await client.publish(`${id}/a`, "kept", { qos: 1, retain: true })
  const { client: other } = await open("b")
  const found = await other.readTopic(`${id}/a`, { timeout: patienceMillis })
  expectEqual("the payload", found?.text, "kept")
  expectEqual("RETAIN", found?.retain, true)
  await client.publish(`${id}/a`, "", { qos: 1, retain: true })
}

const will = async (stay: Stay): Promise<void> => {
  const { id, open } = stay
  const { client } = await open("a")
  const { message, subscribed } = next(stay, client, `${id}/will`, 1)
  await subscribed
  const { cut } = await open("b", { will: { topic: `${id}/will`, payload: "lost", qos: 1 } })
  await cut()
  expectEqual("the payload", (await message).text, "lost")
}

const session = async (stay: Stay): Promise<void> => {
  const { id, open } = stay
  const kept = { cleanSession: false }
  const { client: first } = await open("a", kept)
  await first.subscribe(`${id}/a`, () => {}, { qos: 1 })
  await first.end()
  const { client: other } = await open("b")
  await other.publish(`${id}/a`, "meanwhile", { qos: 1 })
  const { client: again } = await open("a", kept)
  const { message } = next(stay, again, `${id}/a`, 1)
  expectEqual("the payload", (await message).text, "meanwhile")
  await again.end()
  // Nothing of it is left.
  await (await open("a")).client.end()
}

const shared = async ({ id, open, patienceMillis }: Stay): Promise<void> => {
  const count = 10
  const got: Array<string> = []
  let done = () => {}
  const all = new Promise<void>((resolve) => {
    done = resolve
  })
  for (const name of ["a", "b"]) {
    const { client } = await open(name)
    await client.subscribe(`$share/group/${id}/#`, ({ text }) => {
      if (got.push(text) === count) done()
    }, { qos: 1 })
  }
  const { client } = await open("c")
  for (let n = 0; n < count; n++) await client.publish(`${id}/${n}`, String(n), { qos: 1 })
  const late = new Promise<void>((_, reject) => {
    setTimeout(() => reject(new Error(`${got.length} of ${count} came`)), patienceMillis).unref()
  })
  await Promise.race([all, late])
  // None comes to both.
  await client.publish(`${id}/end`, "", { qos: 1 })
  expectEqual("the number of different messages", new Set(got.filter((text) => text !== "")).size, count)
}

const attempts: { readonly [feature in Feature]: (stay: Stay) => Promise<void> } = {
  "QoS 0": delivers(0),
  "QoS 1": delivers(1),
  "QoS 2": delivers(2),
  retained,
  Will: will,
  "kept Session": session,
  shared
}

/** Whether the Client can publish so at all. */
export const isAble = (feature: Feature): boolean => feature !== "QoS 2" || qosFault("PUBLISH", 2) === undefined

let attemptCount = 0

/** Undefined: it works. */
export const attempt = async (
  endpoint: Endpoint,
  version: 4 | 5,
  feature: Feature,
  patienceMillis: number
): Promise<string | undefined> => {
  const clients: Array<MqttClient> = []
  const id = `interop${++attemptCount}`
  try {
    await attempts[feature]({ id, patienceMillis, open: openAt(endpoint, version, id, clients) })
    return undefined
  } catch (fault) {
    return (fault as Error).message
  } finally {
    await Promise.all(clients.map((client) => client.end({ timeout: 0 })))
  }
}
