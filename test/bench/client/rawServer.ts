/**
 * A Server that does next to nothing, so that a client is the limit and not its broker: it counts, acknowledges what
 * one read has brought in one write, and floods whoever asks with ready-made packets. It believes all it reads.
 *
 * Runs as a process of its own, and says by message on which port.
 *     PUBLISH to `flood/<qos>`, payload: the number of messages wanted; they come to the topic `flood`
 *     PUBLISH of QoS 1 to `pending`: is never acknowledged
 */
import * as net from "node:net"
import * as Frames from "./frames.ts"

/** First bytes of the two topics that mean something. */
const f = 0x66
const o = 0x6f

const attend = (socket: net.Socket): void => {
  const flood = Frames.flood(socket)
  let answers: Array<number> = []

  const published = (first: number, bytes: Buffer, body: number, end: number): void => {
    const topicEnd = body + 2 + bytes.readUInt16BE(body)
    const payload = topicEnd + (first < 0x32 ? 0 : 2)
    if (payload > topicEnd && bytes[body + 2] !== o) {
      answers.push(0x40, 2, bytes[topicEnd] as number, bytes[topicEnd + 1] as number)
    }
    if (bytes[body + 2] === f) {
      flood.start(bytes[topicEnd - 1] === 0x31 ? 1 : 0, Number(bytes.toString("latin1", payload, end)))
    }
  }
  const receive = (first: number, bytes: Buffer, body: number, end: number): void => {
    switch (first >> 4) {
      case 1:
        return void answers.push(0x20, 2, 0, 0)
      case 3:
        return published(first, bytes, body, end)
      case 4:
        return flood.acknowledged()
      case 8:
        return void answers.push(0x90, 3, bytes[body] as number, bytes[body + 1] as number, 1)
      case 12:
        return void answers.push(0xd0, 0)
    }
  }
  socket.setNoDelay(true)
  socket.on("error", () => {})
  Frames.onPacket(socket, receive, () => {
    if (answers.length > 0) socket.write(Uint8Array.from(answers))
    answers = []
  })
}

const server = net.createServer(attend)
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as net.AddressInfo).port))
process.once("disconnect", () => process.exit())
