/**
 * A Client and a simulated Server, packet by packet and without a network: a test decides which packet arrives next, and
 * when the connection breaks. The Client publishes with QoS 2 to a topic that it is subscribed to with QoS 2, so every
 * message makes its way twice, once in each direction.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Framer from "../../../src/domain/packet/Framer.ts"
import * as Packet from "../../../src/domain/packet/Packet.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Writer from "../../../src/domain/packet/Writer.ts"
import * as Core from "../../../src/programs/client/Core.ts"
import { SocketError } from "../../../src/ports/Socket.ts"
import * as Exchange from "../../../src/programs/client/Exchange.ts"
import * as Link from "../../../src/programs/client/Link.ts"
import * as Settings from "../../../src/programs/client/settings.ts"
import * as subscribe from "../../../src/programs/client/subscribe.ts"
import { takeIn } from "../../../src/programs/client/receive.ts"

const clientId = "c"

/** What may happen next. */
export type Choice = "up" | "down" | "cut"

export interface World {
  /** What can happen now; `cut` always can. */
  readonly possible: () => ReadonlyArray<Choice>
  readonly step: (choice: Choice) => void
  /** Lets everything arrive, without another cut. */
  readonly finish: () => void
  /** Payloads that the handler was given, in order. */
  readonly handled: ReadonlyArray<string>
  /** Payloads whose publish is done. */
  readonly published: ReadonlyArray<string>
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

/** A world in which these payloads are published at once, each with QoS 2, `window` at a time. */
export const make = (payloads: ReadonlyArray<string>, window = 64): World => {
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
  const core = Effect.runSync(Core.make(settings))
  Result.getOrThrow(subscribe.prepare(core))
  const server = Server.make()
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
  const cut = () => {
    up = []
    down = []
    sent.push("cut")
    Core.drop(core, link as Link.Link, closed)
    if (end?.open === true) Server.closed(server, end, now)
    connect()
  }
  const step = (choice: Choice) => {
    now++
    if (choice === "cut") return cut()
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
    "cut"
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
  return { possible, step, finish, handled, published, sent }
}
