/** No client at all: a socket that is written ready-made packets and reads what comes. How fast it could be at best. */
import * as net from "node:net"
import * as Frames from "./frames.ts"
import type { Subject } from "./Subject.ts"

export const make = (): Subject => {
  let socket: net.Socket
  let received = (_first: number, _bytes: Buffer, _body: number, _end: number) => {}

  /** Writes, and waits for `count` packets of the type that `first` begins. */
  const ask = (packets: Buffer, first: number, count: number): Promise<void> =>
    new Promise((resolve) => {
      let left = count
      received = (byte) => {
        if (byte === first && --left === 0) resolve()
      }
      socket.write(packets)
    })
  const publish = (qos: 0 | 1, topic: string, payload: Uint8Array): Buffer =>
    Frames.packet(0x30 + 2 * qos, Frames.text(topic), Uint8Array.from(qos === 0 ? [] : [0, 1]), payload)

  return {
    connect: (host, port, clientId) => {
      socket = net.connect({ host, port, noDelay: true })
      Frames.onPacket(socket, (...packet) => received(...packet), () => {})
      return ask(Frames.connect(clientId), 0x20, 1)
    },
    publishAtMostOnce: () => Promise.reject(new Error("a bare socket only publishes with QoS 1")),
    publishAtLeastOnce: async (topic, payload, count, window) => {
      const packet = Buffer.concat(Array.from({ length: window }, () => publish(1, topic, payload)))
      for (let i = 0; i < count; i += window) await ask(packet, 0x40, window)
    },
    owe: () => Promise.resolve(),
    subscribe: () => Promise.resolve(),
    end: async () => { socket.destroy() }
  }
}
