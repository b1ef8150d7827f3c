/**
 * What a Server of these lives keeps in memory while a device does not read: a seed may ask for 60 MB, a byte at a
 * time.
 */
import * as Result from "effect/Result"
import * as diagnostics from "node:diagnostics_channel"
import { once } from "node:events"
import * as net from "node:net"
import { Writable } from "node:stream"
import { describe, expect, it } from "vitest"
import * as Packet from "../../src/domain/packet/Packet.ts"
import type { TopicFilter } from "../../src/domain/packet/Topic.ts"
import { healthy } from "./Fault.ts"
import * as Outgoing from "./Outgoing.ts"
import * as Scene from "./Scene.ts"
import * as Server from "./Server.ts"

const asked = Result.getOrThrow(Packet.encodeAll([
  {
    _tag: "Connect",
    clientId: "c",
    cleanSession: true,
    keepAlive: 60,
    will: undefined,
    username: undefined,
    password: undefined
  },
  { _tag: "Subscribe", packetIdentifier: 1, subscriptions: [{ topicFilter: "t" as TopicFilter, qos: 1 }] }
]))

/** CONNACK, SUBACK, and of each PUBLISH what is no payload: fixed header, topic, Packet Identifier. */
const overhead = { answers: 4 + 5, publish: 1 + 3 + 3 + 2 }

const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

/** What a connection keeps for a device that does not read, then what the device gets once it reads. */
const flooded = async (host: string, floods: number, payload: Uint8Array) => {
  const accepted: Array<net.Socket> = []
  const onAccepted = (message: unknown) => void accepted.push((message as { readonly socket: net.Socket }).socket)
  diagnostics.subscribe("net.server.socket", onAccepted)
  const server = await Server.make(host, healthy)
  await server.behave({ ...healthy, floods })
  server.retained.set("t", payload)
  const device = net.connect(Scene.ports.plain, host).pause()
  try {
    await once(device, "connect")
    device.write(asked)
    const got: Array<Server.Note> = []
    while (!got.some((note) => note._tag === "Got" && note.packet._tag === "Subscribe") && !device.closed) {
      await turn()
      got.push(...server.take())
    }
    const waiting = accepted.find(({ localAddress }) => localAddress === host)?.writableLength
    let read = 0
    device.on("data", (bytes: Buffer) => {
      read += bytes.length
    }).resume()
    const all = overhead.answers + floods * (overhead.publish + payload.length)
    while (read < all && !device.closed) await turn()
    return { waiting, read, all }
  } finally {
    device.destroy()
    diagnostics.unsubscribe("net.server.socket", onAccepted)
    await server.close()
  }
}

describe("a Server that floods a device which does not read", () => {
  it("keeps no more than a packet of it in memory, and sends all of it", async () => {
    const { all, read, waiting } = await flooded("127.1.1.3", 100, new Uint8Array(200_000).fill(0x61))
    expect(waiting).toBeGreaterThan(0)
    expect(waiting).toBeLessThan(250_000)
    expect(read).toBe(all)
  })

  it("a byte at a time keeps no more of them than a stream asks for, and sends them in order, one by one", () => {
    const got: Array<string> = []
    const held: Array<() => void> = []
    const slow = new Writable({
      highWaterMark: 4,
      write: (chunk: Buffer, _, written) => {
        got.push(chunk.toString("latin1"))
        held.push(written)
      }
    })
    const outgoing = Outgoing.make(slow, true)
    outgoing.push(() => Buffer.from("abcdefgh"))
    outgoing.push(() => Buffer.from("ijk"))
    let most = 0
    for (let next = held.shift(); next !== undefined; next = held.shift()) {
      most = Math.max(most, slow.writableLength)
      next()
    }
    expect(got).toEqual([..."abcdefghijk"])
    expect(most).toBe(4)
  })
})
