/**
 * No client at all: a socket that is written ready-made packets and reads what comes. No client can be much quicker.
 */
import * as net from "node:net"
import * as Frames from "./frames.ts"
import type { Subject } from "./Subject.ts"

const packetsPerWrite = 100

export const make = (): Subject => {
  let socket: net.Socket
  let onMessage = (_topic: string, _payload: Uint8Array) => {}
  let onAnswer = (_first: number) => {}
  let onPuback: (() => void) | undefined
  let pubacks: Array<number> = []

  const receive = (first: number, bytes: Buffer, body: number, end: number): void => {
    if (first === 0x40 && onPuback !== undefined) return onPuback()
    if (first >> 4 !== 3) return onAnswer(first)
    const topicEnd = body + 2 + bytes.readUInt16BE(body)
    if ((first & 6) !== 0) pubacks.push(0x40, 2, bytes[topicEnd] as number, bytes[topicEnd + 1] as number)
    onMessage("", bytes.subarray(topicEnd + (first & 6), end))
  }
  const acknowledge = () => {
    if (pubacks.length > 0) socket.write(Uint8Array.from(pubacks))
    pubacks = []
  }
  /** Writes, and waits for `count` packets that begin with `first`. */
  const ask = (packets: Buffer, first: number, count: number): Promise<void> =>
    new Promise((resolve) => {
      let left = count
      onAnswer = (byte) => {
        if (byte === first && --left === 0) resolve()
      }
      socket.write(packets)
    })
  const publishes = (qos: 0 | 1, topic: string, payload: Uint8Array, count: number): Buffer =>
    Buffer.concat(
      Array.from({ length: count }, (_, i) =>
        Frames.packet(0x30 + 2 * qos, Frames.text(topic), Uint8Array.from(qos === 0 ? [] : [0, i + 1]), payload))
    )

  return {
    connect: (host, port, clientId) => {
      socket = net.connect({ host, port, noDelay: true })
      Frames.onPacket(socket, receive, acknowledge)
      return ask(Frames.connect(clientId), 0x20, 1)
    },
    publishAtMostOnce: async (topic, payload, count) => {
      const packets = publishes(0, topic, payload, packetsPerWrite)
      for (let i = 0; i < count; i += packetsPerWrite) {
        if (!socket.write(packets)) await new Promise((resolve) => socket.once("drain", resolve))
      }
      await ask(publishes(1, topic, payload, 1), 0x40, 1)
    },
    publishAtLeastOnce: async (topic, payload, count, window) => {
      const packets = publishes(1, topic, payload, window)
      for (let i = 0; i < count; i += window) await ask(packets, 0x40, window)
    },
    owe: () => Promise.reject(new Error("a bare socket owes nothing")),
    subscribe: async (topic, qos, listener) => {
      onMessage = listener
      await ask(Frames.packet(0x82, Uint8Array.of(0, 1), Frames.text(topic), Uint8Array.of(qos)), 0x90, 1)
    },
    answer: (topic, payload, forked, done) => {
      const packet = publishes(1, topic, payload, 1)
      const before = onMessage
      // Messages that are not answered yet, the one in flight among them.
      let waiting = 0
      onPuback = () => {
        done()
        if (!forked && --waiting > 0) socket.write(packet)
      }
      onMessage = () => {
        if (forked || ++waiting === 1) socket.write(packet)
      }
      return () => {
        onPuback = undefined
        onMessage = before
      }
    },
    end: async () => {
      socket.destroy()
    }
  }
}
