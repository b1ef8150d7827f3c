/**
 * What is compared. Not every combination: each way of publishing and receiving over TCP with MQTT 3.1.1 and 64 bytes.
 * Then what else may vary, each time with the rows that it can change:
 *
 * - 10 kB: without a wait for each message, because bytes are copied there; the acknowledgements are the same.
 * - WebSocket: whatever adds a frame to each write and takes one off each read; QoS 2 makes no other frames than QoS 1.
 *   With 10 kB for its masks, which cost by the byte.
 * - MQTT 5: one row for each kind of packet that the version changes.
 * - Connections: both transports in both versions.
 */
import type { Link, Order } from "./orders.ts"

export type Transport = Omit<Link, "port">

export interface Row {
  readonly name: string
  readonly transport: Transport
  /** Its `link`, where it has one, gets its port later. */
  readonly order: (link: Link) => Order
  /** Connections or messages. */
  readonly count: number
  /** Not at Mosquitto. */
  readonly isOnlyForRaw?: boolean
}

const tcp: Transport = { version: 4, webSocket: false }
const webSocket: Transport = { version: 4, webSocket: true }
const version5: Transport = { version: 5, webSocket: false }
const webSocket5: Transport = { version: 5, webSocket: true }

const suffix = ({ version, webSocket }: Transport, bytes: number): string =>
  (bytes === 64 ? "" : ", 10 kB") + (webSocket ? ", WebSocket" : "") + (version === 5 ? ", MQTT 5" : "")

type Work = Extract<Order, { readonly work: "publish" | "receive" }>

const row = (name: string, transport: Transport, order: Work): Row => ({
  name: name + suffix(transport, order.bytes),
  transport,
  order: () => order,
  count: order.count
})

const publish = (transport: Transport, qos: 0 | 1 | 2, count: number, window: number, bytes = 64): Row => {
  const how = qos === 0 ? "" : window === 1 ? ", one at a time" : ", window of 64"
  return row(`publish, QoS ${qos}${how}`, transport, { work: "publish", qos, count, window, bytes })
}

const receive = (transport: Transport, qos: 0 | 1 | 2, count: number, bytes = 64): Row =>
  row(`receive, QoS ${qos}`, transport, { work: "receive", qos, count, bytes })

const connect = (transport: Transport, count: number): Row => ({
  name: "connect" + suffix(transport, 64),
  transport,
  order: (link) => ({ work: "connections", link, count }),
  count
})

const large = 10_000

/** In the order in which they are printed; those of one transport stand together. */
export const rows: ReadonlyArray<Row> = [
  publish(tcp, 0, 100_000, 1),
  publish(tcp, 1, 32_000, 64),
  // Ours has 16 in flight at most here, and tells why in `maximumInFlight`; with MQTT 5 it is the Server's limit.
  publish(tcp, 2, 16_000, 64),
  publish(tcp, 1, 4_000, 1),
  publish(tcp, 2, 2_000, 1),
  receive(tcp, 0, 100_000),
  receive(tcp, 1, 20_000),
  receive(tcp, 2, 10_000),
  publish(tcp, 0, 10_000, 1, large),
  publish(tcp, 1, 6_400, 64, large),
  receive(tcp, 0, 10_000, large),
  receive(tcp, 1, 5_000, large),
  connect(tcp, 200),
  publish(webSocket, 0, 50_000, 1),
  publish(webSocket, 1, 16_000, 64),
  publish(webSocket, 1, 2_000, 1),
  receive(webSocket, 0, 50_000),
  receive(webSocket, 1, 10_000),
  publish(webSocket, 0, 5_000, 1, large),
  // Mosquitto 2.0.11 loses such messages on a WebSocket, whoever receives them: 171 of 500 arrived.
  { ...receive(webSocket, 0, 5_000, large), isOnlyForRaw: true },
  // Mosquitto takes 0.2 s for each of them, whoever asks.
  { ...connect(webSocket, 100), isOnlyForRaw: true },
  publish(version5, 0, 50_000, 1),
  publish(version5, 1, 16_000, 64),
  publish(version5, 2, 8_000, 64),
  receive(version5, 0, 50_000),
  receive(version5, 1, 10_000),
  receive(version5, 2, 5_000),
  connect(version5, 200),
  { ...connect(webSocket5, 100), isOnlyForRaw: true }
]

const answers = (name: string, forked: boolean): Row => ({
  name: `10,000 at once, each answered, QoS 1, ${name}`,
  transport: tcp,
  order: () => ({ work: "answer", count: 10_000, forked }),
  count: 10_000
})

/** Theirs do not wait in either. */
export const answerRows: ReadonlyArray<Row> = [answers("forked", true), answers("our handler waits", false)]
