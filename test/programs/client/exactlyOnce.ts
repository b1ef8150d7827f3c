/**
 * A Client and a simulated Server, packet by packet and without a network: a test decides which packet arrives next, and
 * when the connection breaks. The Client publishes with QoS 2 to a topic that it is subscribed to with QoS 2, so every
 * message makes its way twice, once in each direction.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as DeliveryLog from "../../../src/domain/delivery/DeliveryLog.ts"
import * as DeliveryRecord from "../../../src/domain/delivery/DeliveryRecord.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Writer from "../../../src/domain/packet/Writer.ts"
import * as Core from "../../../src/programs/client/Core.ts"
import { SocketError } from "../../../src/ports/Socket.ts"
import type { OpenStore } from "../../../src/ports/Store.ts"
import * as Exchange from "../../../src/programs/client/Exchange.ts"
import * as Keeping from "../../../src/programs/client/Keeping.ts"
import * as Link from "../../../src/programs/client/Link.ts"
import { restore } from "../../../src/programs/client/restore.ts"
import * as Settings from "../../../src/programs/client/settings.ts"
import * as subscribe from "../../../src/programs/client/subscribe.ts"
import { takeIn } from "../../../src/programs/client/receive.ts"

const clientId = "c"

/** What may happen next. */
export type Choice = "up" | "down" | "cut" | "kill"

export interface World {
  /** What can happen now; a cut always can, and with a store a kill of the Client's process. */
  readonly possible: () => ReadonlyArray<Choice>
  readonly step: (choice: Choice) => void
  /** Lets everything arrive, without another cut. */
  readonly finish: () => void
  /** Payloads that the handler was given, in order. */
  readonly handled: ReadonlyArray<string>
  /** Payloads whose publish is done. */
  readonly published: ReadonlyArray<string>
  /** Payloads that the Server has handed to its subscribers. */
  readonly arrived: ReadonlyArray<string>
  /** Everything that the Client has sent, and the Server; `cut` between connections. */
  readonly sent: ReadonlyArray<string>
}

const nameOf = (packet: Packet.Packet): string => {
  const identifier = "packetIdentifier" in packet && packet.packetIdentifier !== undefined
    ? ` ${packet.packetIdentifier}` : ""
  const payload = packet._tag === "Publish" ? ` ${Bytes.toText(packet.payload)}${packet.dup ? " DUP" : ""}` : ""
  return packet._tag + identifier + payload
}

const closed = new SocketError({ reason: "Closed", message: "cut" })

/** A store in memory, as records that are written and read again. */
const memoryStore = () => {
  const records: Array<Bytes.Bytes> = Array.from(DeliveryRecord.snapshot(DeliveryLog.make(clientId)))
  return (): OpenStore => {
    const state = DeliveryRecord.replay(records) as DeliveryLog.State
    const append: OpenStore["append"] = (events) => {
      for (const event of events) {
        records.push(DeliveryRecord.encode(event))
        DeliveryLog.apply(state, event)
      }
      return Result.void
    }
    return { state, append }
  }
}

/** A world in which these payloads are published at once, each with QoS 2, `window` at a time. */
export const make = (payloads: ReadonlyArray<string>, window = 64, hasStore = false): World => {
  const arrived: Array<string> = []
  const open = hasStore ? memoryStore() : undefined
  const handled: Array<string> = []
  const published: Array<string> = []
  const sent: Array<string> = []
  const handler = ({ payload }: { readonly payload: Uint8Array }) => void handled.push(Bytes.toText(payload))
  const settings = Result.getOrThrow(Settings.settings({
    endpoint: { host: "h", port: 1 },
    clientId,
    cleanSession: false,
    maximumInFlight: window,
    subscriptions: [{ topicFilter: "a", qos: 2, handler }]
  }))
  const begin = (): Core.Core => {
    const keeping = open && Keeping.make(open())
    const core = Effect.runSync(Core.make(settings, keeping))
    if (keeping !== undefined) restore(core.exchange, core.receipts, keeping.store.state, () => () => {})
    Result.getOrThrow(subscribe.prepare(core))
    return core
  }
  let core = begin()
  const server = Server.make()
  server.onArrival = ({ payload }) => void arrived.push(Bytes.toText(payload))
  let up: Array<Packet.Packet> = []
  let down: Array<Packet.Packet> = []
  let end: Server.Link | undefined
  let link: Link.Link | undefined
  let now = 0

  const cutInto = (bytes: Uint8Array): ReadonlyArray<Packet.Packet> =>
    Framer.push(Framer.make(1_000_000), bytes, Packet.decode).packets as ReadonlyArray<Packet.Packet>
  const collect = () => {
    const { outgoing } = link as Link.Link
    const { packets } = outgoing
    if (core.keeping !== undefined) Keeping.commit(core.keeping)
    if (packets === undefined) return
    outgoing.packets = undefined
    outgoing.begun = outgoing.filling++
    const taken = outgoing.waiting
    outgoing.waiting = []
    for (const packet of cutInto(Result.getOrThrow(Writer.result(packets)))) {
      sent.push("C " + nameOf(packet))
      up.push(packet)
    }
    for (const written of taken) written(Effect.void)
  }
  const connect = () => {
    end = Server.accept((bytes) => {
      for (const packet of cutInto(bytes)) {
        sent.push("S " + nameOf(packet))
        down.push(packet)
      }
    }, () => {})
    link = Link.make(settings, settings.open({ isFirst: false, clientId }), now)
    core.dialled = link
    link.send(link.dialect.connect)
    collect()
  }
  const cut = (isKill: boolean) => {
    up = []
    down = []
    sent.push(isKill ? "kill" : "cut")
    if (isKill) core = begin()
    else Core.drop(core, link as Link.Link, closed)
    if (end?.open === true) Server.closed(server, end, now)
    connect()
  }
  const step = (choice: Choice) => {
    now++
    if (choice === "cut" || choice === "kill") return cut(choice === "kill")
    const packet = (choice === "up" ? up : down).shift()
    if (packet === undefined) return
    const bytes = Result.getOrThrow(Packet.encode(packet))
    if (choice === "up") return Server.receive(server, end as Server.Link, bytes, now)
    const failure = takeIn(core, link as Link.Link, bytes, now)
    if (failure !== undefined) throw failure
    collect()
  }
  const possible = (): ReadonlyArray<Choice> => [
    ...(up.length > 0 ? ["up" as const] : []),
    ...(down.length > 0 ? ["down" as const] : []),
    "cut",
    ...(hasStore ? ["kill" as const] : [])
  ]
  const finish = () => {
    while (up.length + down.length > 0) step(up.length > 0 ? "up" : "down")
  }
  connect()
  finish()
  server.sessions.get(clientId)?.subscriptions.set("a", 2)
  for (const payload of payloads) {
    const message = { topic: "a" as TopicName, payload: Bytes.fromText(payload), qos: 2, retain: false } as const
    Result.getOrThrow(Exchange.publish(core.exchange, message, () => void published.push(payload)))
  }
  Exchange.admit(core.exchange, (link as unknown as Link.Link).send)
  sent.splice(0)
  collect()
  return { possible, step, finish, handled, published, arrived, sent }
}
