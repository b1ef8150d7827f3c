/**
 * One Aedes at a port, over Redis at another: `aedesNode.ts PORT REDIS_PORT`.
 *
 * Aedes begins each connection with a random Packet Identifier, which may be that of a message that it sends again
 * (against MQTT-2.3.1-4): one PUBACK then removes the other message from Redis, too. So here connections of one Client
 * Identifier take their numbers from four ranges in turn.
 */
import { Aedes, type Client } from "aedes"
import { Redis } from "ioredis"
import { createRequire } from "node:module"
import * as net from "node:net"

const [port, redisPort] = process.argv.slice(2).map(Number) as [number, number]
const redis = { host: "127.0.0.1", port: redisPort }

const require = createRequire(import.meta.url)
// They have no types, or other ones.
const persistenceOver = require("aedes-persistence-redis") as (options: object) => unknown
const emitterOver = require("mqemitter-redis") as (options: object) => unknown

/** More than wait while a node is away; the usual 1,000 would be all that a Client gets when it is back. */
const maxSessionDelivery = 1_000_000

const counter = new Redis(redis)
const ranges = new Map<string, number>()
const [rangeCount, rangeSize] = [4, 16_000] as const

const aedes = await Aedes.createBroker({
  id: `aedes-${port}-${process.pid}`,
  persistence: persistenceOver({ ...redis, maxSessionDelivery }),
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

net.createServer({ noDelay: true }, aedes.handle).listen(port, "127.0.0.1")
