/**
 * One collector of the benchmark, in a process of its own: gets what a Server has kept for it into a new SQLite file,
 * and says how long that took. Arguments: who, port, Client Identifier, filter, file, number of readings.
 *
 * Both sides have the same database library, tables and decisions; they differ in their client, and in when they
 * acknowledge. MQTT.js hands on one message after the other, and acknowledges it when `handleMessage` is done: so who
 * waits there for the commit commits each by itself, and who wants batches acknowledges before the commit.
 */
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import mqtt, { type IPublishPacket } from "mqtt"
import { Socket } from "node:net"
import * as NodeSocket from "../../../src/adapters/node/Socket.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Client from "../../../src/programs/client/Client.ts"
import * as Collector from "../../../src/programs/collect/Collector.ts"
import * as Judge from "../../../src/programs/collect/Judge.ts"
import * as Report from "../../../src/programs/collect/Report.ts"
import type { Entry } from "../../../src/programs/collect/sinks/Entry.ts"
import type { Sink } from "../../../src/programs/collect/sinks/Sink.ts"
import * as Sqlite from "../../../src/programs/collect/sinks/Sqlite.ts"

const [who = "", port = "", clientId = "", filter = "", file = "", wanted = ""] = process.argv.slice(2)
const count = Number(wanted)

/** Done when so many rows are stored. */
const reached = (stored: () => number): Promise<void> =>
  new Promise((resolve) => {
    const timer = setInterval(() => {
      if (stored() < count) return
      clearInterval(timer)
      resolve()
    }, 1)
  })

const ours = (sink: Sink) =>
  Effect.gen(function*() {
    const endpoint = { host: "127.0.0.1", port: Number(port) }
    const client = yield* Client.make({ endpoint, clientId, cleanSession: false })
    const report = Report.make()
    const parts = { client, sink, report, judge: Judge.make([filter], Date.now(), []) }
    const collector = Collector.make({ ...parts, tell: () => Effect.void, abandon: Effect.never })
    const done = Effect.promise(() => reached(() => report.sums.stored))
    yield* Effect.scoped(Effect.raceFirst(Collector.run(collector), done))
  }).pipe(Effect.scoped, Effect.provide(NodeSocket.layer), Effect.provideService(References.MinimumLogLevel, "Error"))

const theirs = (sink: Sink, isStoredFirst: boolean) =>
  Effect.promise(async () => {
    const judge = Judge.make([filter], Date.now(), [])
    let stored = 0
    let waiting: Array<Entry> = []
    const commit = (entries: ReadonlyArray<Entry>) => {
      stored += Effect.runSync(sink.commit(entries)).stored
    }
    const flush = () => {
      commit(waiting)
      waiting = []
    }
    const entryOf = ({ dup, payload, retain, topic }: IPublishPacket): Entry => {
      const message = { topic: topic as TopicName, payload: Buffer.from(payload), qos: 1, dup, retain } as const
      return Judge.judge(judge, message, Date.now()) as Entry
    }
    const client = mqtt.connect({ host: "127.0.0.1", port: Number(port), clientId, clean: false, protocolVersion: 4 })
    client.handleMessage = (packet, done) => {
      const entry = entryOf(packet as IPublishPacket)
      if (isStoredFirst) commit([entry])
      else if (waiting.push(entry) === 1) setImmediate(flush)
      done()
    }
    client.once("connect", () => {
      if (client.stream instanceof Socket) client.stream.setNoDelay(true)
    })
    await reached(() => stored)
    await client.endAsync()
  })

const begun = performance.now()
const cpu = process.cpuUsage()
await Effect.runPromise(
  Effect.scoped(
    Effect.flatMap(Sqlite.open(file, clientId),
      (sink) => who === "dormouse" ? ours(sink) : theirs(sink, who === "stored first"))
  )
)
const { system, user } = process.cpuUsage(cpu)
process.send?.({ seconds: (performance.now() - begun) / 1_000, busy: (user + system) / 1e6 })
process.disconnect()
