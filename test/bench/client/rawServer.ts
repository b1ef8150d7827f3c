/**
 * A Server that does next to nothing, so that a client is the limit and not its broker: it acknowledges what one read
 * has brought in one write, and floods with ready-made packets whoever has subscribed to the topic that its parent
 * names. It speaks MQTT 3.1.1 and 5, over TCP and WebSocket at one port, and believes all it reads. A PUBLISH to
 * `pending` is never acknowledged.
 *
 * Runs as a process of its own, and says by message on which port.
 */
import * as net from "node:net"
import * as Frames from "./frames.ts"
import type { Flood } from "./orders.ts"
import * as WebSocket from "./webSocket.ts"
import * as Wire from "./Wire.ts"

/** The first byte of the only topic that means something. */
const p = 0x70

const { puback, pubcomp, pubrec, pubrel } = Frames.answers

/** By the topic that was subscribed to. */
const floods = new Map<string, (flood: Flood) => void>()

const attend = (
  wire: Wire.Wire
): (first: number, bytes: Buffer, body: number, end: number, answer: Array<number>) => void => {
  const flooding = Frames.flooding(wire)
  let version: 4 | 5 = 4

  const published = (first: number, bytes: Buffer, body: number, answer: Array<number>): void => {
    if (first < 0x32 || bytes[body + 2] === p) return
    Frames.acknowledge(answer, first < 0x34 ? puback : pubrec, bytes, body + 2 + bytes.readUInt16BE(body))
  }
  const subscribed = (bytes: Buffer, body: number, end: number, answer: Array<number>): void => {
    // Behind the Packet Identifier and, in MQTT 5, the properties, less than 128 bytes of them.
    const length = body + (version === 5 ? 3 + (bytes[body + 2] as number) : 2)
    const filter = bytes.toString("latin1", length + 2, length + 2 + bytes.readUInt16BE(length))
    floods.set(filter, (flood) => flooding.start(flood, version))
    const granted = (bytes[end - 1] as number) & 3
    answer.push(0x90, version - 1, bytes[body] as number, bytes[body + 1] as number, ...Frames.noProperties(version),
      granted)
  }
  return (first, bytes, body, end, answer) => {
    switch (first >> 4) {
      case 1:
        version = bytes[body + 6] === 5 ? 5 : 4
        return void answer.push(0x20, version - 2, 0, 0, ...Frames.noProperties(version))
      case 3:
        return published(first, bytes, body, answer)
      case 4:
      case 7:
        return flooding.acknowledged()
      case 5:
        return Frames.acknowledge(answer, pubrel, bytes, body)
      case 6:
        return Frames.acknowledge(answer, pubcomp, bytes, body)
      case 8:
        return subscribed(bytes, body, end, answer)
      case 12:
        return void answer.push(0xd0, 0)
    }
  }
}

const listen = (wire: Wire.Wire): void => Frames.onPacket(wire, attend(wire))

const server = net.createServer({ noDelay: true }, (socket) => {
  socket.on("error", () => {})
  socket.once("data", (first) => {
    const request = first.toString("latin1")
    if (request.startsWith("GET ")) return listen(WebSocket.accept(socket, request))
    listen(Wire.tcp(socket))
    socket.emit("data", first)
  })
})
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as net.AddressInfo).port))
process.on("message", (flood: Flood) => floods.get(flood.topic)?.(flood))
process.once("disconnect", () => process.exit())
