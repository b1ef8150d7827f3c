/**
 * One of the clients, in its own process: `worker dormouse`, `worker mqttjs` or `worker bare`, with `profile` after it
 * to show also where the time went. Does what the parent asks by message and answers with what it took.
 */
import * as bare from "./bare.ts"
import * as dormouse from "./dormouse.ts"
import * as mqttjs from "./mqttjs.ts"
import type { Link, Order, Taken } from "./orders.ts"
import { profile } from "./profiler.ts"

const makers = { bare, dormouse, mqttjs }
const name = process.argv[2] as keyof typeof makers
const isProfiled = process.argv[3] === "profile"
const subject = makers[name].make()

const topic = "/homecontrol/device/data/livingroom-dht22/data"
const text = `{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `
const payloadOf = (bytes: number): Uint8Array =>
  new TextEncoder().encode(text.repeat(Math.ceil(bytes / 64)).slice(0, bytes))
const payload = payloadOf(64)

let expected = 0
let arrived = 0
let bytes = 0
let allHere = () => {}

const onMessage = (_: string, message: Uint8Array): void => {
  bytes += message.length
  if (++arrived === expected) allHere()
}

/** `count` messages from whoever publishes them when this says that it is ready. */
const receive = (count: number): Promise<void> => {
  const all = new Promise<void>((resolve) => {
    allHere = resolve
  })
  arrived = 0
  expected = count
  process.send?.("ready")
  return all
}

/** As `receive`, and each message is answered. */
const answer = async (count: number, forked: boolean): Promise<void> => {
  const stop = subject.answer("answers", payload, forked, () => onMessage("", payload))
  await receive(count)
  stop()
}

/** What the work has taken so far, as far as it counts. */
const watch = { millis: 0, cpuMillis: 0 }

const timed = async <A>(work: () => Promise<A>): Promise<A> => {
  const cpuBefore = process.cpuUsage()
  const start = process.hrtime.bigint()
  const result = await work()
  watch.millis += Number(process.hrtime.bigint() - start) / 1e6
  const { system, user } = process.cpuUsage(cpuBefore)
  watch.cpuMillis += (user + system) / 1000
  return result
}

const connections = async (link: Link, count: number): Promise<void> => {
  for (let i = 0; i < count; i++) {
    const one = makers[name].make()
    await timed(() => one.connect(link, `${name}-${i}`))
    await one.end()
  }
}

const perform = (order: Exclude<Order, { readonly work: "connections" }>): Promise<void> => {
  switch (order.work) {
    case "connect":
      return subject.connect(order.link, order.clientId)
    case "subscribe":
      return subject.subscribe(order.topic, order.qos, onMessage)
    case "publish":
      return order.qos === 0
        ? subject.publishAtMostOnce(topic, payloadOf(order.bytes), order.count)
        : subject.publishAcknowledged(order.qos, topic, payloadOf(order.bytes), order.count, order.window)
    case "receive":
      return receive(order.count)
    case "answer":
      return answer(order.count, order.forked)
    case "owe":
      return subject.owe("pending", payload, order.count)
  }
}

const measure = async (order: Order): Promise<Taken> => {
  const isAboutMemory = order.work === "connect" || order.work === "owe"
  if (isAboutMemory) globalThis.gc?.()
  const heapBefore = process.memoryUsage().heapUsed
  watch.millis = watch.cpuMillis = 0
  const work = () => order.work === "connections" ? connections(order.link, order.count) : timed(() => perform(order))
  const shares = isProfiled ? await profile(work) : await work()
  if (isAboutMemory) globalThis.gc?.()
  const memory = process.memoryUsage()
  return {
    ...watch,
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
