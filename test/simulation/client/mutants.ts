/**
 * Deliberate bugs, each put between the Client and its user, its network, or its options, so that they outlive any
 * change inside the Client. Each is what a promise forbids.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { Connection } from "../../../src/ports/Socket.ts"
import type * as Client from "../../../src/programs/client/Client.ts"
import type { FaultKind } from "./Step.ts"
import type { Options } from "./Story.ts"
import type { Mutant } from "./User.ts"

/** What is between the Client and each of its connections. */
export const connection = (wrap: (inner: Connection) => Connection): Mutant => ({
  socket: (inner) => ({ connect: (endpoint) => Effect.map(inner.connect(endpoint), wrap) })
})

const packetsOf = (bytes: Uint8Array): ReadonlyArray<Packet.Packet> =>
  Framer.push(Framer.make(268_435_460), bytes, Packet.decode).packets as ReadonlyArray<Packet.Packet>

/** Every write, with its packets changed. */
const sent = (change: (packets: ReadonlyArray<Packet.Packet>) => ReadonlyArray<Packet.Packet>): Mutant =>
  connection((inner) => ({
    ...inner,
    write: (bytes) => {
      const changed = change(packetsOf(bytes))
      return changed.length === 0 ? Effect.void : inner.write(Result.getOrThrow(Packet.encodeAll(changed)))
    }
  }))

const isPublish = (packet: Packet.Packet): boolean => packet._tag === "Publish"

const eachPublish = (change: (packet: Extract<Packet.Packet, { readonly _tag: "Publish" }>) => Packet.Packet): Mutant =>
  sent((packets) => packets.map((packet) => (packet._tag === "Publish" ? change(packet) : packet)))

const losesSome = (): Mutant => {
  let count = 0
  return sent((packets) => packets.filter((packet) => packet._tag !== "Publish" || packet.qos === 0 || ++count % 5 > 0))
}

const reversed = (packets: ReadonlyArray<Packet.Packet>): ReadonlyArray<Packet.Packet> => [
  ...packets.filter((packet) => !isPublish(packet)),
  ...packets.filter(isPublish).toReversed()
]

/** Answers each message as soon as it comes. */
const acknowledgesAtOnce: Mutant = connection((inner) => ({
  ...inner,
  write: (bytes) => {
    const others = packetsOf(bytes).filter(({ _tag }) => _tag !== "Puback")
    return others.length === 0 ? Effect.void : inner.write(Result.getOrThrow(Packet.encodeAll(others)))
  },
  pull: Effect.tap(inner.pull, (bytes) => {
    const pubacks = packetsOf(bytes).flatMap((packet): ReadonlyArray<Packet.Packet> =>
      packet._tag === "Publish" && packet.qos === 1
        ? [{ _tag: "Puback", packetIdentifier: packet.packetIdentifier as number }]
        : []
    )
    return pubacks.length === 0 ? Effect.void : inner.write(Result.getOrThrow(Packet.encodeAll(pubacks)))
  })
}))

/** Forgets each message of QoS 2 that comes again, and so takes it for another one. */
const forgets = (): Mutant => {
  const released = new Set<number>()
  return connection((inner) => ({
    ...inner,
    write: (bytes) => {
      const packets = packetsOf(bytes).filter((packet) =>
        packet._tag !== "Pubcomp" || !released.delete(packet.packetIdentifier)
      )
      return packets.length === 0 ? Effect.void : inner.write(Result.getOrThrow(Packet.encodeAll(packets)))
    },
    pull: Effect.map(inner.pull, (bytes) => {
      const packets = packetsOf(bytes)
      const again = packets.flatMap((packet) =>
        packet._tag === "Publish" && packet.qos === 2 && packet.dup ? [packet.packetIdentifier as number] : []
      )
      if (again.length === 0) return bytes
      for (const packetIdentifier of again) released.add(packetIdentifier)
      const pubrels = again.map((packetIdentifier) => ({ _tag: "Pubrel", packetIdentifier }) as const)
      return Result.getOrThrow(Packet.encodeAll([...pubrels, ...packets]))
    })
  }))
}

/** Publishes each message again when the Server has it for good. */
const publishesAgain = (): Mutant => {
  const sentBefore = new Map<number, Packet.Packet>()
  return sent((packets) =>
    packets.flatMap((packet): ReadonlyArray<Packet.Packet> => {
      if (packet._tag === "Publish" && packet.qos === 2) sentBefore.set(packet.packetIdentifier as number, packet)
      const before = packet._tag === "Pubrel" ? sentBefore.get(packet.packetIdentifier) : undefined
      return before === undefined ? [packet] : [packet, { ...before, dup: true } as Packet.Packet]
    })
  )
}

const client = (change: (client: Client.Client) => Partial<Client.Client>): Mutant => ({
  client: (inner) => ({ ...inner, ...change(inner) })
})

const handled = (wrap: (handler: Client.Handler) => Client.Handler): Mutant =>
  client((inner) => ({
    subscribe: (filter, options, handler) =>
      inner.subscribe(filter, options, handler === undefined ? undefined : wrap(handler))
  }))

const done = (result: ReturnType<Client.Handler>): Effect.Effect<unknown> =>
  Effect.isEffect(result) ? Effect.ignore(result) : Effect.void

/** Gives the handler every second message before the one that came before it. */
const swaps = (handler: Client.Handler): Client.Handler => {
  let held: Client.Received | undefined
  return (message) => {
    const before = held
    held = before === undefined ? message : undefined
    return before === undefined
      ? undefined
      : Effect.andThen(
        done(handler(message)),
        Effect.suspend(() => done(handler(before)))
      )
  }
}

const twice = (handler: Client.Handler): Client.Handler => (message) => {
  const first = handler(message)
  return Effect.andThen(done(handler(message)), done(first))
}

const configured = (change: (options: Options) => Options): Mutant => ({ options: change })

const hurries = configured((options) =>
  options.reconnect === undefined
    ? options
    : { ...options, reconnect: { ...options.reconnect, minInterval: 0.1, backoffFactor: 1 } }
)

export interface Row {
  readonly checker: string
  readonly bug: string
  readonly mutant: () => Mutant
  /** Faults that lead there. */
  readonly wanted: ReadonlyArray<FaultKind>
}

const row = (
  checker: string,
  bug: string,
  mutant: Mutant | (() => Mutant),
  wanted: ReadonlyArray<FaultKind> = []
): Row => ({ checker, bug, mutant: typeof mutant === "function" ? mutant : () => mutant, wanted })

export const mutants: ReadonlyArray<Row> = [
  row(
    "success",
    "takes silence for an acknowledgement",
    client((inner) => ({
      publish: (topic, payload, options) =>
        Effect.timeoutOrElse(inner.publish(topic, payload, options), { duration: 1_000, orElse: () => Effect.void })
    })),
    ["ackNever"]
  ),
  row(
    "failure",
    "dies of a refused subscription",
    client((inner) => ({
      subscribe: (filter, options, handler) => Effect.orDie(inner.subscribe(filter, options, handler))
    })),
    ["subackRefused"]
  ),
  row("delivery", "loses every fifth message", losesSome),
  row(
    "integrity",
    "forgets that a message is retained",
    eachPublish((packet) => ({ ...packet, retain: false }))
  ),
  row("acknowledgement", "acknowledges before anybody has taken the message", acknowledgesAtOnce, ["othersPublish"]),
  row("acknowledgement", "does not acknowledge every fifth message", (): Mutant => {
    let count = 0
    return sent((packets) => packets.filter(({ _tag }) => _tag !== "Puback" || ++count % 5 > 0))
  }, ["othersPublish"]),
  row("order in", "gives a handler two messages in the wrong order", handled(swaps), ["othersPublish"]),
  row("order out", "writes the last message first", sent(reversed)),
  row("handlers", "gives a handler two messages at once", handled(twice), ["othersPublish"]),
  row(
    "ends",
    "goes on to read a topic for ever",
    client((inner) => ({
      readTopic: (topic, wait) => Effect.tap(inner.readTopic(topic, wait), () => Effect.never)
    }))
  ),
  row(
    "keep alive",
    "pings too seldom",
    configured((options) => ({ ...options, keepAlive: options.keepAlive * 3 }))
  ),
  row(
    "memory",
    "reads on whatever waits",
    configured((options) => ({ ...options, receiveBufferBytes: 1_000_000_000 })),
    ["flood"]
  ),
  row(
    "memory",
    "keeps all that is published",
    configured((options) => ({ ...options, outboxBytes: 1_000_000_000 })),
    ["ackLate", "refusing"]
  ),
  row("reconnect", "tries again too soon", hurries, ["refusing", "closeAfterConnack"]),
  row(
    "parting",
    "leaves without a word",
    sent((packets) => packets.filter(({ _tag }) => _tag !== "Disconnect"))
  ),
  row(
    "identifiers",
    "sends again with DUP 0",
    eachPublish((packet) => ({ ...packet, dup: false })),
    ["reset", "ackLate"]
  ),
  row(
    "identifiers",
    "lets a PUBLISH overtake a PUBREL",
    sent((packets) => [
      ...packets.filter(({ _tag }) => _tag !== "Pubrel"),
      ...packets.filter(({ _tag }) => _tag === "Pubrel")
    ]),
    ["reset", "ackLate"]
  ),
  row("exactly once in", "forgets what it has had", forgets, ["othersPublish", "reset"]),
  row("exactly once out", "publishes again what the Server has", publishesAgain),
  row(
    "subscriptions",
    "does not tell the Server what is not wanted any more",
    client(() => ({ unsubscribe: () => Effect.void }))
  ),
  row(
    "subscriptions",
    "does not tell that a subscription was refused later on",
    client((inner) => ({ notices: Stream.filter(inner.notices, ({ _tag }) => _tag !== "SubscriptionLost") })),
    ["subackRefused", "closeNow"]
  ),
  row(
    "needless",
    "unsubscribes twice",
    sent((packets) =>
      packets.flatMap((
        packet
      ): ReadonlyArray<Packet.Packet> => (packet._tag === "Unsubscribe" ? [packet, packet] : [packet]))
    )
  )
]
