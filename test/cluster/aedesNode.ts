/**
 * One Aedes at a port, over Redis at another: `aedesNode.ts PORT REDIS_PORT`.
 *
 * Aedes begins each connection with a random Packet Identifier, which may be that of a message that it sends again
 * (against MQTT-2.3.1-4): one PUBACK then removes the other message from Redis, and it is lost. So here connections of
 * one Client Identifier take their numbers from four ranges in turn, and what is sent again gets a new number.
 *
 * Aedes writes a PUBACK, and then stores the message: one that is killed in between loses what it has acknowledged
 * (against 4.3.2). So here a message is stored and handed on where Aedes asks whether it is allowed, before the PUBACK.
 */
import { Aedes, type Client, type PublishPacket } from "aedes"
import { Redis } from "ioredis"
import { createRequire } from "node:module"
import * as net from "node:net"
import type { Readable } from "node:stream"

const [port, redisPort] = process.argv.slice(2).map(Number) as [number, number]
const redis = { host: "127.0.0.1", port: redisPort }

const require = createRequire(import.meta.url)
// They have no types, or other ones.
const persistenceOver = require("aedes-persistence-redis") as (options: object) => {
  outgoingStream: (client: Client) => Readable
}
const emitterOver = require("mqemitter-redis") as (options: object) => unknown

/** More than wait while a node is away; the usual 1,000 would be all that a Client gets when it is back. */
const maxSessionDelivery = 1_000_000

const counter = new Redis(redis)
const ranges = new Map<string, number>()
const [rangeCount, rangeSize] = [4, 16_000] as const

interface Stored {
  readonly cmd: string
  readonly messageId: number | undefined
}

const persistence = persistenceOver({ ...redis, maxSessionDelivery })
const outgoingStream = persistence.outgoingStream.bind(persistence)
persistence.outgoingStream = (client) =>
  outgoingStream(client).map((packet: Stored) =>
    packet.cmd === "publish" ? { ...packet, messageId: undefined } : packet
  )

const aedes = await Aedes.createBroker({
  id: `aedes-${port}-${process.pid}`,
  persistence,
  mq: emitterOver(redis),
  preConnect: (_, { clientId }, done) => {
    counter.incr(`connections:${clientId}`).then((count) => {
      ranges.set(clientId, count % rangeCount)
      done(null, true)
    }, (fault: Error) => done(fault, false))
  }
})
aedes.on("client", (client: Client) => {
  const numbers = client as unknown as { _nextId: number }
  numbers._nextId = 1 + rangeSize * (ranges.get(client.id) ?? 0)
  ranges.delete(client.id)
})

type Publish = (packet: PublishPacket, client: unknown, done: ((fault?: Error) => void) | undefined) => void

const publish = aedes.publish.bind(aedes) as unknown as Publish
const published = new WeakSet<object>()
aedes.authorizePublish = (client, packet, done) => {
  if (packet.qos !== 1 || client === null) return done(null)
  publish(packet, client, (fault) => {
    published.add(packet)
    done(fault ?? null)
  })
}
aedes.publish = (packet: PublishPacket, client: unknown, done?: () => void) => {
  if (published.has(packet)) done?.()
  else publish(packet, client, done)
}

net.createServer({ noDelay: true }, aedes.handle).listen(port, "127.0.0.1")
