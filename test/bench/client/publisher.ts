/** Somebody else at the broker, who floods a topic from this process over a socket of his own. */
import * as net from "node:net"
import * as Frames from "./frames.ts"

export interface Publisher {
  readonly flood: (qos: 0 | 1, count: number) => void
  readonly stop: () => void
}

export const connect = (port: number): Promise<Publisher> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1")
    const flood = Frames.flood(socket)
    socket.setNoDelay(true)
    socket.once("error", reject)
    socket.write(Frames.connect("publisher"))
    Frames.onPacket(socket, (first) => {
      if (first === 0x40) flood.acknowledged()
      if (first === 0x20) {
        resolve({
          flood: flood.start,
          stop: () => {
            socket.destroy()
          }
        })
      }
    }, () => {})
  })
