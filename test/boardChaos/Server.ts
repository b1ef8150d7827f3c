/**
 * A Server that does what a fault says, over real TCP or TLS. It keeps retained messages and one Session, and notes
 * everything that it gets and sends, in order. It lasts for a life; what it does may be another thing in each wake.
 */
import * as Result from "effect/Result"
import * as net from "node:net"
import * as tls from "node:tls"
import * as Framer from "../../src/domain/packet/Framer.ts"
import * as Packet from "../../src/domain/packet/Packet.ts"
import type { Publish } from "../../src/domain/packet/Publish.ts"
import type { TopicName } from "../../src/domain/packet/Topic.ts"
import * as certificates from "../support/certificates.ts"
import type { Behaviour } from "./Fault.ts"
import * as Outgoing from "./Outgoing.ts"
import { forbidden, ports } from "./Scene.ts"

export type Note =
  | { readonly _tag: "Opened"; readonly line: number }
  | { readonly _tag: "Got"; readonly line: number; readonly packet: Packet.Packet }
  | { readonly _tag: "Sent"; readonly line: number; readonly packet: Packet.Packet }
  | { readonly _tag: "Closed"; readonly line: number; readonly why: string }

export interface Server {
  readonly host: string
  readonly retained: Map<string, Uint8Array>
  /** What happened since it was last taken. */
  readonly take: () => ReadonlyArray<Note>
  /** Keeps a command for the device, if its Session has subscribed to this topic; says whether it does. */
  readonly order: (topic: string, payload: Uint8Array) => boolean
  /** How many commands it keeps that the device has not acknowledged. */
  readonly ordered: () => number
  /** From here on it behaves like this. */
  readonly behave: (behaviour: Behaviour) => Promise<void>
  readonly close: () => Promise<void>
}

const encoded = (packets: ReadonlyArray<Packet.Packet>): Buffer =>
  Buffer.from(Result.getOrThrow(Packet.encodeAll(packets)))

const listen = (server: net.Server, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(port, host, () => {
      server.off("error", reject)
      resolve()
    })
  })

const shut = (server: net.Server): Promise<void> =>
  new Promise((resolve) => server.listening ? server.close(() => resolve()) : resolve())

/** What a Server keeps of the one Session, from one connection to the next. */
interface Session {
  exists: boolean
  readonly filters: Set<string>
  /** Sent, or to be sent, and not acknowledged. */
  orders: Array<{ readonly packet: Publish; isSent: boolean }>
  lastIdentifier: number
}

const forget = (session: Session): void => {
  session.exists = false
  session.filters.clear()
  session.orders = []
}

/** Above those of retained messages, which are numbered on each connection. */
const firstIdentifier = 30_000

/** One connection. */
const attend = (
  socket: net.Socket,
  line: number,
  behaviour: Behaviour,
  world: {
    readonly session: Session
    readonly retained: ReadonlyMap<string, Uint8Array>
    readonly note: (note: Note) => void
  }
) => {
  let framer = Framer.make(1 << 24)
  let received = 0
  let packets = 0
  let isOver = false
  let lastIdentifier = 0
  const outgoing = Outgoing.make(socket, behaviour.trickles)
  const close = (why: string) => {
    if (isOver) return
    isOver = true
    outgoing.end()
    world.note({ _tag: "Closed", line, why })
    socket.destroy()
  }
  const write = (bytes: Buffer) => {
    if (!isOver) outgoing.push(() => bytes)
  }
  // Packets that are sent together go in one write, as a Server may do it.
  const send = (...all: ReadonlyArray<Packet.Packet>) => {
    if (isOver) return
    outgoing.push(() => {
      for (const packet of all) world.note({ _tag: "Sent", line, packet })
      return encoded(all)
    })
  }
  const deliver = (order: Session["orders"][number]) => {
    send({ ...order.packet, dup: order.isSent })
    order.isSent = true
  }
  const connect = ({ cleanSession }: Extract<Packet.Packet, { readonly _tag: "Connect" }>) => {
    if (behaviour.connack === "close") return close("before CONNACK")
    if (behaviour.connack === "silent") return
    const { session } = world
    if (behaviour.connack === 0 && (cleanSession || behaviour.session === "denies")) forget(session)
    const sessionPresent = behaviour.session === "claims" || (behaviour.session === "keeps" && session.exists)
    session.exists = true
    send({ _tag: "Connack", sessionPresent: behaviour.connack === 0 && sessionPresent, returnCode: behaviour.connack })
    if (behaviour.connack !== 0) return close("after CONNACK " + behaviour.connack)
    session.orders.forEach(deliver)
    if (behaviour.garbage !== undefined) write(behaviour.garbage)
  }
  const publish = (packet: Publish) => {
    if (packet.topic.startsWith(forbidden)) return close("a forbidden topic")
    if (behaviour.closesOnTopic !== undefined && packet.topic.endsWith(behaviour.closesOnTopic)) {
      return close("a topic that ends in " + behaviour.closesOnTopic)
    }
    if (behaviour.closesOnSize !== undefined && packet.payload.length >= behaviour.closesOnSize) {
      return close("a payload of " + packet.payload.length + " bytes")
    }
    if (packet.packetIdentifier === undefined || behaviour.puback === "never") return
    const puback = { _tag: "Puback", packetIdentifier: packet.packetIdentifier } as const
    if (behaviour.puback === "wrong") return send({ ...puback, packetIdentifier: packet.packetIdentifier + 77 }, puback)
    return behaviour.puback === "twice" ? send(puback, puback) : send(puback)
  }
  const subscribe = (packet: Extract<Packet.Packet, { readonly _tag: "Subscribe" }>) => {
    if (behaviour.suback === "never") return
    const isRefused = behaviour.suback === "refuse"
    const qos = packet.subscriptions.map(() => isRefused ? 0x80 as const : 1 as const)
    send({ _tag: "Suback", packetIdentifier: packet.packetIdentifier, returnCodes: qos })
    if (isRefused) return
    for (const { topicFilter } of packet.subscriptions) {
      world.session.filters.add(topicFilter)
      const payload = world.retained.get(topicFilter)
      if (payload === undefined) continue
      for (let copies = 0; copies < (behaviour.floods ?? 1); copies++) {
        send({
          _tag: "Publish",
          topic: topicFilter as string as TopicName,
          payload,
          qos: 1,
          retain: true,
          dup: false,
          packetIdentifier: lastIdentifier = lastIdentifier % 65_535 + 1
        })
      }
    }
  }
  const answer = (packet: Packet.Packet) => {
    world.note({ _tag: "Got", line, packet })
    if (++packets === behaviour.closesAtPacket) return close("at packet " + packets)
    switch (packet._tag) {
      case "Connect":
        return connect(packet)
      case "Publish":
        return publish(packet)
      case "Subscribe":
        return subscribe(packet)
      case "Puback":
        world.session.orders = world.session.orders.filter((order) =>
          order.packet.packetIdentifier !== packet.packetIdentifier
        )
        return undefined
      case "Unsubscribe":
        for (const filter of packet.topicFilters) world.session.filters.delete(filter)
        return send({ _tag: "Unsuback", packetIdentifier: packet.packetIdentifier })
      case "Pingreq":
        return send({ _tag: "Pingresp" })
      case "Disconnect":
        return close("after DISCONNECT")
      default:
        return undefined
    }
  }
  world.note({ _tag: "Opened", line })
  socket.on("data", (chunk: Buffer) => {
    if (isOver) return
    received += chunk.length
    const pushed = Framer.push(framer, new Uint8Array(chunk), Packet.decode)
    framer = pushed.framer
    for (const packet of pushed.packets) {
      if (isOver) return
      if (packet._tag !== "Oversized") answer(packet)
    }
    if (pushed.failure !== undefined) close("what is no packet: " + pushed.failure.message)
    else if (behaviour.cutsAfter !== undefined && received >= behaviour.cutsAfter) close("after " + received + " bytes")
  })
  socket.on("error", () => {})
  socket.on("close", () => close("by the device"))
}

/** Listens on `host`. */
export const make = async (host: string, healthy: Behaviour): Promise<Server> => {
  let behaviour = healthy
  let notes: Array<Note> = []
  let lines = 0
  const retained = new Map<string, Uint8Array>()
  const session: Session = { exists: false, filters: new Set(), orders: [], lastIdentifier: firstIdentifier }
  const world = { session, retained, note: (note: Note) => void notes.push(note) }
  const sockets = new Set<net.Socket>()
  const onSocket = (socket: net.Socket) => {
    socket.setNoDelay(true)
    attend(socket, ++lines, behaviour, world)
  }
  const track = (server: net.Server) =>
    server.on("connection", (socket: net.Socket) => {
      sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => sockets.delete(socket))
    })
  const plain = track(net.createServer(onSocket))
  const second = track(net.createServer(onSocket))
  const secure = track(tls.createServer({ ...certificates.rsa, maxVersion: "TLSv1.2" }, onSocket))
  secure.on("tlsClientError", () => {})
  /** With its place in a list of Servers. */
  const all = [[plain, ports.plain, 0], [secure, ports.tls, 0], [second, ports.second, 1]] as const
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  const open = async () => {
    for (const [server, port, place] of all) {
      if (place === behaviour.away) await shut(server)
      else if (!server.listening) await listen(server, host, port)
    }
  }
  const close = async () => {
    const shutting = all.map(([server]) => shut(server))
    drop()
    await Promise.all(shutting)
  }
  await open()
  return {
    host,
    retained,
    take: () => {
      const taken = notes
      notes = []
      return taken
    },
    order: (topic, payload) => {
      if (!session.filters.has(topic)) return false
      const packetIdentifier = session.lastIdentifier = session.lastIdentifier % 65_535 + 1
      const packet = {
        topic: topic as TopicName,
        payload,
        qos: 1,
        retain: false,
        dup: false,
        packetIdentifier
      } as const
      session.orders.push({ packet: { _tag: "Publish", ...packet }, isSent: false })
      return true
    },
    ordered: () => session.orders.length,
    behave: async (next) => {
      behaviour = next
      drop()
      if (next.forgets) forget(session)
      await (next.listens ? open() : close())
    },
    close
  }
}
