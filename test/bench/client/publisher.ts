/** Somebody else at the broker, who floods a topic from this process over a socket of his own. */
import * as net from "node:net"
import * as Frames from "./frames.ts"
import type { Flood } from "./orders.ts"
import * as Wire from "./Wire.ts"

export interface Publisher {
  readonly flood: (flood: Flood) => void
  readonly stop: () => void
}

export const connect = (port: number): Promise<Publisher> =>
  new Promise((resolve, reject) => {
    const socket = net.connect({ host: "127.0.0.1", port, noDelay: true })
    const wire = Wire.tcp(socket)
    const flooding = Frames.flooding(wire)
    socket.once("error", reject)
    wire.write(Frames.connect("publisher", 4))
    Frames.onPacket(wire, (first, bytes, body, _, answer) => {
      if (first === Frames.answers.puback || first === Frames.answers.pubcomp) flooding.acknowledged()
      if (first === Frames.answers.pubrec) Frames.acknowledge(answer, Frames.answers.pubrel, bytes, body)
      if (first === 0x20) {
        resolve({
          flood: (flood) => flooding.start(flood, 4),
          stop: () => {
            socket.destroy()
          }
        })
      }
    })
  })
