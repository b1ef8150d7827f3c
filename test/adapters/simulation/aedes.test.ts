/**
 * The simulated Server beside a real one: the same scripts, the same packets for every client.
 *
 * A real Server answers when it likes, so the order in which a client hears things is left out of account, and each
 * step waits until everybody has heard what they heard in simulation. Aedes forgets a Session that has no subscription
 * and then says that it is not present, which the specification does not allow (3.1.2.4): clients that come back have
 * one.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as net from "node:net"
import { expect, it } from "vitest"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicFilter, TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Aedes from "../../support/aedes.ts"

interface Client {
  readonly send: (bytes: Bytes.Bytes) => void
  /** Ends the connection without DISCONNECT. */
  readonly lose: () => void
  readonly received: Array<string>
  readonly isClosed: () => boolean
}

type Dial = () => Effect.Effect<Client>

/** A packet as a line. Packet Identifiers that the Server chose are its own affair. */
const line = (packet: Packet.Packet): string => {
  if (packet._tag !== "Publish") return JSON.stringify(packet)
  const { dup, payload, qos, retain, topic } = packet
  return JSON.stringify({ _tag: "Publish", topic, payload: Bytes.toText(payload), qos, retain, dup })
}

const reading = (received: Array<string>) => {
  let framer = Framer.make(100_000)
  return (bytes: Bytes.Bytes): void => {
    const pushed = Framer.push(framer, bytes, Packet.decode)
    framer = pushed.framer
    for (const packet of pushed.packets) {
      if (packet._tag !== "Pingresp" && packet._tag !== "Oversized") received.push(line(packet))
    }
  }
}

const dialSimulated = (server: Server.Server): Dial => () =>
  Effect.sync(() => {
    const received: Array<string> = []
    let closed = false
    const read = reading(received)
    const link = Server.accept((bytes) => read(bytes), () => {
      closed = true
    })
    const lose = () => {
      closed = true
      Server.closed(server, link, 0)
    }
    return { send: (bytes) => Server.receive(server, link, bytes, 0), lose, received, isClosed: () => closed }
  })

const dialReal = (port: number): Dial => () =>
  Effect.callback((resume) => {
    const received: Array<string> = []
    let closed = false
    const socket = net.connect(port, "127.0.0.1", () =>
      resume(
        Effect.succeed({
          send: (bytes) => void socket.write(bytes),
          lose: () => void socket.destroy(),
          received,
          isClosed: () => closed
        })
      ))
    socket.on("data", reading(received))
    socket.on("error", () => {})
    socket.on("close", () => {
      closed = true
    })
  })

const connect = (
  clientId: string,
  options: { clean?: boolean; will?: string; password?: string } = {}
): Packet.Packet => ({
  _tag: "Connect",
  clientId,
  cleanSession: options.clean ?? false,
  keepAlive: 60,
  will: options.will === undefined ? undefined
    : { topic: "will" as TopicName, payload: Bytes.fromText(options.will), qos: 1, retain: false },
  username: "ann",
  password: Bytes.fromText(options.password ?? "secret")
})

const publish = (topic: string, text: string, qos: 0 | 1 = 0, retain = false): Packet.Packet => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: Bytes.fromText(text),
  qos,
  retain,
  dup: false,
  packetIdentifier: qos === 0 ? undefined : 77
})

const subscribe = (filter: string, qos: 0 | 1): Packet.Packet => ({
  _tag: "Subscribe",
  packetIdentifier: 5,
  subscriptions: [{ topicFilter: filter as TopicFilter, qos }]
})

const disconnect: Packet.Packet = { _tag: "Disconnect" }

/** Name of a connection (a new one is opened under a new name), and what it does. */
type Step = readonly [name: string, ...acts: ReadonlyArray<Packet.Packet | "lose">]

const scripts: Readonly<Record<string, ReadonlyArray<Step>>> = {
  "a Session that is present the second time": [
    ["one", connect("d"), subscribe("a", 0), disconnect],
    ["two", connect("d")]
  ],
  "Clean Session": [
    ["one", connect("d"), subscribe("a", 1), disconnect],
    ["two", connect("d", { clean: true }), publish("a", "1", 1), disconnect],
    ["three", connect("d")]
  ],
  "a wrong password": [["one", connect("d", { password: "wrong" })]],
  "a packet before CONNECT": [["one", publish("a", "1")]],
  "a second CONNECT": [["one", connect("d")], ["one", connect("d")]],
  "acknowledgements": [["one", connect("d"), publish("a", "1", 1), publish("a", "2")]],
  "messages between clients, with the lower QoS": [
    ["one", connect("d"), subscribe("a/+", 1)],
    ["two", connect("e"), subscribe("#", 0)],
    ["three", connect("f"), publish("a/b", "1", 1), publish("a/b", "2"), publish("a/b/c", "3", 1)]
  ],
  "retained messages": [
    ["one", connect("d"), publish("a", "old", 1, true)],
    ["one", publish("a", "new", 1, true)],
    ["one", publish("b", "gone", 1, true)],
    ["one", publish("b", "", 1, true)],
    ["two", connect("e"), subscribe("#", 1)],
    ["one", publish("a", "newest", 0, true)]
  ],
  "messages that came while the client was away": [
    ["one", connect("d"), subscribe("a", 1)],
    ["one", disconnect],
    ["two", connect("e"), publish("a", "1", 1)],
    ["two", publish("a", "2", 0)],
    ["two", publish("a", "3", 1)],
    ["three", connect("d")]
  ],
  "a take-over": [
    ["one", connect("d"), subscribe("a", 0)],
    ["two", connect("d")],
    ["two", publish("a", "1")]
  ],
  "a Will": [
    ["one", connect("e"), subscribe("will", 0)],
    ["two", connect("d", { will: "lost" }), subscribe("b", 0), "lose"],
    ["three", connect("d", { will: "never said" }), disconnect]
  ],
  "UNSUBSCRIBE": [
    ["one", connect("d"), subscribe("a", 0)],
    ["one", { _tag: "Unsubscribe", packetIdentifier: 6, topicFilters: ["a" as TopicFilter] }],
    ["one", publish("a", "1")]
  ]
}

type Heard = Readonly<Record<string, { readonly lines: ReadonlyArray<string>; readonly closed: boolean }>>

const heard = (clients: ReadonlyMap<string, Client>): Heard =>
  Object.fromEntries(
    [...clients].map(([name, client]) => [name, { lines: client.received.toSorted(), closed: client.isClosed() }])
  )

/** Plays a script; `settled` sees what everybody has heard after each step. */
const play = (
  dial: Dial,
  script: ReadonlyArray<Step>,
  settled: (clients: ReadonlyMap<string, Client>, step: number) => Effect.Effect<void>
) =>
  Effect.gen(function*() {
    const clients = new Map<string, Client>()
    for (const [index, [name, ...acts]] of script.entries()) {
      const client = clients.get(name) ?? (yield* dial())
      clients.set(name, client)
      for (const act of acts) {
        if (act === "lose") client.lose()
        else client.send(Result.getOrThrow(Packet.encode(act)))
        yield* settled(clients, acts.indexOf(act) + index * 10)
      }
    }
    for (const client of clients.values()) client.lose()
  })

const run = <A, E>(effect: Effect.Effect<A, E, Scope.Scope>): Promise<A> => Effect.runPromise(Effect.scoped(effect))

for (const [name, script] of Object.entries(scripts)) {
  it(`says what Aedes says: ${name}`, () =>
    run(Effect.gen(function*() {
      const server = Server.make()
      server.credentials = { username: "ann", password: "secret" }
      const expected = new Map<number, Heard>()
      yield* play(dialSimulated(server), script, (clients, step) =>
        Effect.sync(() => void expected.set(step, heard(clients))))

      const broker = yield* Aedes.make({ user: { username: "ann", password: "secret" } })
      yield* play(dialReal(broker.tcp.port), script, (clients, step) =>
        Effect.suspend(() =>
          JSON.stringify(heard(clients)) === JSON.stringify(expected.get(step)) ? Effect.void : Effect.fail("not yet")
        ).pipe(
          Effect.retry({ schedule: Schedule.spaced(2), times: 400 }),
          Effect.ignore,
          Effect.andThen(Effect.sync(() => expect(heard(clients)).toEqual(expected.get(step))))
        ))
    })))
}
