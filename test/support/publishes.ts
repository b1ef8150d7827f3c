/**
 * A proxy of real sockets between a device and its Server that notes each PUBLISH of the device, whether with DUP, and
 * whether its PUBACK came back.
 */
import * as net from "node:net"

/** A message by its topic and payload. Two readings of one second may be alike, but not in their Packet Identifier. */
export interface Sent {
  readonly identifiers: Set<number>
  /** How often it was sent again, and how often of these without DUP. */
  again: number
  withoutDup: number
  isAcknowledged: boolean
}

export interface Proxy {
  readonly port: number
  /** In the order in which they were sent first. */
  readonly sent: Map<string, Sent>
  readonly stop: () => Promise<void>
}

export const keyOf = (topic: string, payload: string): string => topic + " " + payload

/** Whole MQTT packets out of a stream: the first byte of each, and its body. */
const packets = (take: (first: number, body: Buffer) => void) => {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer): void => {
    rest = Buffer.concat([rest, chunk])
    while (true) {
      let length = 0
      let at = 1
      for (let shift = 0; at < rest.length && at < 5; shift += 7) {
        const byte = rest[at++] as number
        length += (byte & 127) << shift
        if (byte < 128) break
        if (at === rest.length) return
      }
      if (rest.length < 2 || rest.length < at + length) return
      take(rest[0] as number, rest.subarray(at, at + length))
      rest = rest.subarray(at + length)
    }
  }
}

const noting = (sent: Map<string, Sent>, topic: string) => {
  const inFlight = new Map<number, string>()
  const fromDevice = packets((first, body) => {
    if (first >> 4 !== 3 || (first & 6) !== 2) return
    const end = 2 + body.readUInt16BE(0)
    const name = body.toString("utf8", 2, end)
    if (!name.endsWith(topic)) return
    const key = keyOf(name, body.toString("utf8", end + 2))
    const one = sent.get(key) ?? { identifiers: new Set(), again: 0, withoutDup: 0, isAcknowledged: false }
    const identifier = body.readUInt16BE(end)
    if (one.identifiers.has(identifier)) {
      one.again++
      if ((first & 8) === 0) one.withoutDup++
    }
    one.identifiers.add(identifier)
    sent.set(key, one)
    inFlight.set(identifier, key)
  })
  const fromServer = packets((first, body) => {
    if (first >> 4 !== 4) return
    const one = sent.get(inFlight.get(body.readUInt16BE(0)) ?? "")
    if (one) one.isAcknowledged = true
  })
  return { fromDevice, fromServer }
}

/** In front of the Server on that port of this machine; notes what is sent to a topic that ends so. */
export const make = (server: () => number, topic: string): Promise<Proxy> =>
  new Promise((resolve, reject) => {
    const sent = new Map<string, Sent>()
    const sockets = new Set<net.Socket>()
    const listener = net.createServer((device) => {
      const upstream = net.connect(server(), "127.0.0.1")
      const { fromDevice, fromServer } = noting(sent, topic)
      const both = [device, upstream]
      for (const socket of both) {
        sockets.add(socket)
        socket.on("error", () => {})
        socket.on("close", () => {
          sockets.delete(socket)
          for (const each of both) each.destroy()
        })
      }
      device.on("data", (chunk: Buffer) => {
        fromDevice(chunk)
        upstream.write(chunk)
      })
      upstream.on("data", (chunk: Buffer) => {
        fromServer(chunk)
        device.write(chunk)
      })
    })
    listener.once("error", reject)
    listener.listen(0, "127.0.0.1", () =>
      resolve({
        port: (listener.address() as net.AddressInfo).port,
        sent,
        stop: () =>
          new Promise((done) => {
            listener.close(() => done())
            for (const socket of sockets) socket.destroy()
          })
      }))
  })
