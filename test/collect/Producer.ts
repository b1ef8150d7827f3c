/**
 * Devices that publish without end: each over a connection of its own, one reading after the other, with QoS 1. A reading
 * counts when the Server has acknowledged it; some are sent again, byte for byte, as a device does whose acknowledgement
 * was lost.
 */
import mqtt from "mqtt"

export interface Published {
  readonly topic: string
  readonly payload: string
}

export interface Producer {
  /** What the Server has acknowledged, in order. */
  readonly published: ReadonlyArray<Published>
  readonly setRate: (messagesPerSecond: number) => void
  readonly stop: () => Promise<void>
}

export interface Options {
  readonly port: number
  readonly prefix: string
  readonly devices: number
  /** To begin with. */
  readonly rate: number
  /** Every so many readings one is published twice. */
  readonly repeatEvery: number
}

/**
 * Each second reading of a device has a time, so both ways to recognise a repetition are used; `more` are its other
 * quantities.
 */
export const document = (index: number, devices: number, more: object = {}): Published["payload"] => {
  const uptime = Math.floor(index / devices)
  const reading = { temperature: 20 + index % 7, humidity: 48.2, ...more, uptime: 1_000_000 + uptime, unit: "C" }
  const time = new Date(1_796_000_000_000 + uptime * 1000).toISOString().slice(0, 19) + "Z"
  return JSON.stringify(uptime % 2 === 0 ? reading : { ...reading, time })
}

export const start = async (options: Options): Promise<Producer> => {
  const { devices, port, prefix, repeatEvery } = options
  const connect = (index: number) =>
    mqtt.connectAsync({ host: "127.0.0.1", port, clientId: prefix + "-d" + index, protocolVersion: 4 })
  const clients = await Promise.all(Array.from({ length: devices }, (_, index) => connect(index)))
  const published: Array<Published> = []
  const pending = new Set<Promise<void>>()
  let [index, rate, owed] = [0, options.rate, 0]

  const publish = async (device: number, { payload, topic }: Published, times: number): Promise<void> => {
    for (let time = 0; time < times; time++) await clients[device]?.publishAsync(topic, payload, { qos: 1 })
  }
  const one = () => {
    const device = index % devices
    const topic = `${prefix}/d${device}/data`
    const reading = { topic, payload: document(index, devices, { pressure: 1_000 + index % 50, soil: index % 100 }) }
    index++
    const work: Promise<void> = publish(device, reading, index % repeatEvery === 0 ? 2 : 1).then(() => {
      published.push(reading)
      pending.delete(work)
    })
    pending.add(work)
  }
  const tickMillis = 10
  const timer = setInterval(() => {
    owed += rate * tickMillis / 1000
    for (; owed >= 1 && pending.size < 500; owed--) one()
    owed = Math.min(owed, 500)
  }, tickMillis)
  return {
    published,
    setRate: (messagesPerSecond) => {
      rate = messagesPerSecond
    },
    stop: async () => {
      clearInterval(timer)
      await Promise.all(pending)
      await Promise.all(clients.map((client) => client.endAsync()))
    }
  }
}
