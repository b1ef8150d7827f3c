/**
 * No client at all: a socket that is written ready-made packets and reads what comes. No client can be much quicker.
 */
import * as net from "node:net"
import * as Frames from "./frames.ts"
import type { Link, QoS } from "./orders.ts"
import type { Subject } from "./Subject.ts"
import * as WebSocket from "./webSocket.ts"
import * as Wire from "./Wire.ts"

const { puback, pubcomp, pubrec, pubrel } = Frames.answers

/** Packets for one write: what a socket takes at once. */
const packetsPerWrite = (payload: Uint8Array): number => payload.length < 1_000 ? 100 : 10

const open = async (link: Link, socket: net.Socket): Promise<Wire.Wire> =>
  link.webSocket ? WebSocket.open(socket) : Wire.tcp(socket)

export const make = (): Subject => {
  let socket: net.Socket
  let wire: Wire.Wire
  let version: 4 | 5
  let onMessage = (_topic: string, _payload: Uint8Array) => {}
  let onAnswer = (_first: number) => {}
  let onPuback: (() => void) | undefined
  let onDrain = () => {}

  const receive = (first: number, bytes: Buffer, body: number, end: number, answer: Array<number>): void => {
    if (first === puback && onPuback !== undefined) return onPuback()
    if (first === pubrec) return Frames.acknowledge(answer, pubrel, bytes, body)
    if (first === pubrel) return Frames.acknowledge(answer, pubcomp, bytes, body)
    if (first >> 4 !== 3) return onAnswer(first)
    const qos = (first >> 1) & 3
    const topicEnd = body + 2 + bytes.readUInt16BE(body)
    if (qos !== 0) Frames.acknowledge(answer, qos === 1 ? puback : pubrec, bytes, topicEnd)
    onMessage("", bytes.subarray(topicEnd + (qos === 0 ? 0 : 2) + version - 4, end))
  }
  /** Writes, and waits for `count` packets that begin with `first`. */
  const ask = (packets: Buffer, first: number, count: number): Promise<void> =>
    new Promise((resolve) => {
      let left = count
      onAnswer = (byte) => {
        if (byte === first && --left === 0) resolve()
      }
      wire.write(packets)
    })
  const publishes = (qos: QoS, topic: string, payload: Uint8Array, count: number, first = 1): Buffer =>
    Buffer.concat(Array.from({ length: count }, (_, i) => Frames.publish(qos, topic, first + i, version, payload)))

  return {
    connect: async (link, clientId) => {
      socket = net.connect({ host: "127.0.0.1", port: link.port, noDelay: true })
      version = link.version
      wire = await open(link, socket)
      wire.onDrain(() => onDrain())
      Frames.onPacket(wire, receive)
      await ask(Frames.connect(clientId, version), 0x20, 1)
    },
    publishAtMostOnce: async (topic, payload, count) => {
      const perWrite = packetsPerWrite(payload)
      const packets = publishes(0, topic, payload, perWrite)
      for (let i = 0; i < count; i += perWrite) {
        if (wire.write(packets)) continue
        await new Promise<void>((resolve) => {
          onDrain = resolve
        })
      }
      await ask(publishes(1, topic, payload, 1), puback, 1)
    },
    // Half a window follows when half of one is acknowledged: Mosquitto's WebSocket may leave the end of a message for
    // 0.1 s if no other one follows it.
    publishAcknowledged: (qos, topic, payload, count, window) =>
      new Promise((resolve) => {
        const half = Math.ceil(window / 2)
        const halves = [publishes(qos, topic, payload, half, 1), publishes(qos, topic, payload, half, half + 1)]
        let sent = 0
        let acknowledged = 0
        const send = () => {
          wire.write(halves[sent / half % 2] as Buffer)
          sent += half
        }
        onAnswer = (first) => {
          if (first !== (qos === 1 ? puback : pubcomp)) return
          acknowledged++
          if (acknowledged >= count) resolve()
          else if (acknowledged % half === 0 && sent < count) send()
        }
        for (let i = 0; i < window; i += half) send()
      }),
    owe: () => Promise.reject(new Error("a bare socket owes nothing")),
    subscribe: async (topic, qos, listener) => {
      onMessage = listener
      await ask(
        Frames.packet(0x82, Uint8Array.of(0, 1), Frames.noProperties(version), Frames.text(topic), Uint8Array.of(qos)),
        0x90,
        1
      )
    },
    answer: (topic, payload, forked, done) => {
      const packet = publishes(1, topic, payload, 1)
      const before = onMessage
      // Messages that are not answered yet, the one in flight among them.
      let waiting = 0
      onPuback = () => {
        done()
        if (!forked && --waiting > 0) wire.write(packet)
      }
      onMessage = () => {
        if (forked || ++waiting === 1) wire.write(packet)
      }
      return () => {
        onPuback = undefined
        onMessage = before
      }
    },
    end: async () => {
      wire.write(Frames.packet(0xe0))
      socket.end()
    }
  }
}
