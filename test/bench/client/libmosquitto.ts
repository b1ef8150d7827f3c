/**
 * The same work done by libmosquitto, in C: `mosquitto_pub` and `mosquitto_sub`, as they are installed. Only their time
 * is known. A process is started for each turn; it connects within milliseconds.
 */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { find } from "../../support/installed.ts"

const publisher = find("mosquitto_pub")
const subscriber = find("mosquitto_sub")

export const isThere = publisher !== undefined && subscriber !== undefined

const topic = "/homecontrol/device/data/livingroom-dht22/data"
/** 64 bytes. */
const message = `{"temperature":21.4,"humidity":48.2,"uptime":123456,"unit":"C"} `

const arguments_ = (
  port: number,
  qos: 0 | 1
): ReadonlyArray<string> => ["-h", "127.0.0.1", "-p", `${port}`, "-q", `${qos}`]

const ended = async (child: ChildProcess): Promise<void> => {
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`${child.spawnfile} has ended with ${String(code)}`)
}

/** Milliseconds until `count` messages are published, and with QoS 1 acknowledged. */
export const publish = async (port: number, qos: 0 | 1, count: number, window: number): Promise<number> => {
  const lines = `${message}\n`.repeat(count)
  const begun = performance.now()
  const child = spawn(publisher ?? "mosquitto_pub", [...arguments_(port, qos), "-t", topic, "-M", `${window}`, "-l"], {
    stdio: ["pipe", "ignore", "inherit"]
  })
  child.stdin.end(lines)
  await ended(child)
  return performance.now() - begun
}

/** It has subscribed by then. */
const settleMillis = 300

/** Milliseconds until `count` messages have come, which `flood` lets come. */
export const receive = async (port: number, qos: 0 | 1, count: number, flood: () => void): Promise<number> => {
  const child = spawn(subscriber ?? "mosquitto_sub", [...arguments_(port, qos), "-t", "flood", "-C", `${count}`], {
    stdio: ["ignore", "ignore", "inherit"]
  })
  const end = ended(child)
  await new Promise((resolve) => setTimeout(resolve, settleMillis))
  const begun = performance.now()
  flood()
  await end
  return performance.now() - begun
}
