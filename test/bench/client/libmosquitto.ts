/**
 * The same work done by libmosquitto, in C: `mosquitto_pub` and `mosquitto_sub`, as they are installed. Only their time
 * is known, and they have no WebSocket.
 *
 * A process does one order. What it takes with a single message is taken off: it starts, connects and leaves. With
 * `-l` it also waits up to 0.1 s twice, so it gets more messages than the others, and is compared by the message. One
 * at a time it is asked with `--repeat`, which does not wait. `-M` limits what is in flight with QoS 1 and 2; a place
 * is free again at PUBACK or PUBCOMP.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { find } from "../../support/installed.ts"
import type { Flood, Link, Order, QoS } from "./orders.ts"
import { median } from "./table.ts"

const publisher = find("mosquitto_pub")
const subscriber = find("mosquitto_sub")

export const isThere = publisher !== undefined && subscriber !== undefined

/** What its subscriber receives. */
export const topic = "flood/libmosquitto"

const text = `{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `

const messageOf = (bytes: number): string => text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes)

type Publishing = Extract<Order, { readonly work: "publish" }>
type Receiving = Extract<Order, { readonly work: "receive" }>

/** It takes a second or so; no more than 100 MB. */
const factorOf = ({ bytes, qos, window }: Publishing): number => bytes > 1_000 || window === 1 ? 4 : qos === 0 ? 5 : 2

const arguments_ = ({ port, version }: Link, qos: QoS): ReadonlyArray<string> => [
  "-h",
  "127.0.0.1",
  "-p",
  `${port}`,
  "-q",
  `${qos}`,
  "-V",
  version === 5 ? "mqttv5" : "mqttv311",
  "--nodelay"
]

const ended = async (child: ChildProcess): Promise<void> => {
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`${child.spawnfile} has ended with ${String(code)}`)
}

const publishOnce = async (link: Link, order: Publishing, count: number, file: string): Promise<number> => {
  const input = openSync(file, "r")
  const how = order.window === 1 && order.qos !== 0
    ? ["-m", messageOf(order.bytes), "--repeat", `${count}`, "--repeat-delay", "0"]
    : ["-l", "-M", `${order.window}`]
  const begun = performance.now()
  const child = spawn(publisher ?? "mosquitto_pub", [
    ...arguments_(link, order.qos),
    "-t",
    "/homecontrol/device/data/livingroom-dht22/data",
    ...how
  ], { stdio: [input, "ignore", "inherit"] })
  try {
    await ended(child)
    return performance.now() - begun
  } finally {
    closeSync(input)
  }
}

const write = (file: string, message: string, count: number): void => {
  const output = openSync(file, "w")
  for (let left = count; left > 0; left -= 1_000) writeSync(output, `${message}\n`.repeat(Math.min(left, 1_000)))
  closeSync(output)
}

/** Its own Receive Maximum is 20; the others take as many as the Server sends. */
const receiving = ({ version }: Link): ReadonlyArray<string> =>
  version === 5 ? ["-D", "connect", "receive-maximum", "65535"] : []

/** It has subscribed by then. */
const settleMillis = 300

const receiveOnce = async (link: Link, { bytes, qos }: Receiving, count: number, flood: (flood: Flood) => void) => {
  const child = spawn(subscriber ?? "mosquitto_sub", [...arguments_(link, qos), ...receiving(link), "-t", topic, "-C",
    `${count}`], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  const end = ended(child)
  await new Promise((resolve) => setTimeout(resolve, settleMillis))
  const begun = performance.now()
  flood({ topic, qos, count, bytes })
  await end
  return performance.now() - begun
}

/** Milliseconds for the messages of the order. */
export type Measure = () => Promise<number>

/** How to measure the order, and what to call when that is done. Undefined: there is no tool for it. */
export const measuring = async (
  link: Link,
  order: Order,
  flood: (flood: Flood) => void
): Promise<{ readonly measure: Measure; readonly stop: () => void } | undefined> => {
  if (!isThere || link.webSocket) return undefined
  if (order.work === "receive") {
    return { measure: () => receiveOnce(link, order, order.count, flood), stop: () => {} }
  }
  if (order.work !== "publish") return undefined
  const directory = mkdtempSync(path.join(tmpdir(), "dormouse-bench-"))
  const [one, all] = [path.join(directory, "one"), path.join(directory, "all")]
  const factor = factorOf(order)
  const message = messageOf(order.bytes)
  write(one, message, 1)
  write(all, message, order.count * factor)
  const starts: Array<number> = []
  for (let i = 0; i < 5; i++) starts.push(await publishOnce(link, order, 1, one))
  const start = median(starts)
  return {
    measure: async () => (await publishOnce(link, order, order.count * factor, all) - start) / factor,
    stop: () => rmSync(directory, { recursive: true, force: true })
  }
}
