/**
 * One of the clients, in its own process: `worker dormouse`, `worker mqttjs` or `worker bare`, with `profile` after it
 * to show also where the time went. Does what the parent asks by message and answers with what it took.
 */
import * as bare from "./bare.ts"
import * as dormouse from "./dormouse.ts"
import * as mqttjs from "./mqttjs.ts"
import type { Order, Taken } from "./orders.ts"
import { profile } from "./profiler.ts"

const makers = { bare, dormouse, mqttjs }
const name = process.argv[2] as keyof typeof makers
const isProfiled = process.argv[3] === "profile"
const subject = makers[name].make()

const topic = "/homecontrol/device/data/livingroom-dht22/data"
const payload = new TextEncoder().encode(`{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `)

let expected = 0
let arrived = 0
let bytes = 0
let allHere = () => {}

const onMessage = (_: string, message: Uint8Array): void => {
  bytes += message.length
  if (++arrived === expected) allHere()
}

/** `count` messages from the raw Server, or from whoever publishes them meanwhile. */
const receive = async (count: number, ask: () => Promise<void>): Promise<void> => {
  const all = new Promise<void>((resolve) => {
    allHere = resolve
  })
  arrived = 0
  expected = count
  await ask()
  await all
}

/** As `receive`, and each message is answered. */
const answer = async (count: number, forked: boolean, fromServer: boolean): Promise<void> => {
  let stop = () => {}
  await receive(count, async () => {
    stop = subject.answer("answers", payload, forked, () => onMessage("", payload))
    if (!fromServer) process.send?.("ready")
    // A bare socket that answers has no eye for its own acknowledgement.
    else void subject.publishAtLeastOnce("flood/0", Buffer.from("" + count), 1, 1)
  })
  stop()
}

const perform = (order: Order): Promise<void> => {
  switch (order.work) {
    case "connect":
      return subject.connect(order.host, order.port, order.clientId)
    case "subscribe":
      return subject.subscribe(order.topic, order.qos, onMessage)
    case "publish":
      return order.qos === 0
        ? subject.publishAtMostOnce(topic, payload, order.count)
        : subject.publishAtLeastOnce(topic, payload, order.count, order.window)
    case "flood":
      return receive(order.count,
        () => subject.publishAtLeastOnce("flood/" + order.qos, Buffer.from("" + order.count), 1, 1))
    case "receive":
      return receive(order.count, async () => {
        process.send?.("ready")
      })
    case "answer":
      return answer(order.count, order.forked, order.fromServer)
    case "owe":
      return subject.owe("pending", payload, order.count)
    case "end":
      return subject.end()
  }
}

const measure = async (order: Order): Promise<Taken> => {
  const isAboutMemory = order.work === "connect" || order.work === "owe"
  if (isAboutMemory) globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  const cpuBefore = process.cpuUsage()
  const start = process.hrtime.bigint()
  const shares = isProfiled ? await profile(() => perform(order)) : await perform(order)
  const millis = Number(process.hrtime.bigint() - start) / 1e6
  const { system, user } = process.cpuUsage(cpuBefore)
  if (isAboutMemory) globalThis.gc?.()
  const memory = process.memoryUsage()
  return {
    millis,
    cpuMillis: (user + system) / 1000,
    heap: memory.heapUsed,
    heapGrowth: memory.heapUsed - heapBefore,
    peak: process.resourceUsage().maxRSS * 1024,
    profile: shares ?? []
  }
}

process.on("message", (order: Order) => {
  measure(order).then(
    (taken) => process.send?.(taken),
    (fault: unknown) => {
      console.error(fault)
      process.exit(1)
    }
  )
})
process.once("disconnect", () => process.exit())
