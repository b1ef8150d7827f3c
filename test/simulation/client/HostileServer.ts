/**
 * A Server that draws its behaviour from a seed: the simulated one, which keeps to the rules, between two doors at
 * which the faults that are on do to its packets what they like.
 */
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as FixedHeader from "../../../src/domain/packet/FixedHeader.ts"
import * as HostileServer5 from "./HostileServer5.ts"
import * as Link from "./Link.ts"
import * as Seen from "./Seen.ts"
import type { Fault } from "./Step.ts"
import * as Story from "./Story.ts"
import * as World from "./World.ts"

const connack = FixedHeader.connack
const pingresp = 0xd0
/** Of messages, SUBSCRIBE and UNSUBSCRIBE. A PUBREL answers PUBREC. */
const acknowledgements: ReadonlyArray<ReadonlyArray<number>> = [[0x40, 0x50, 0x62, 0x70], [0x90], [0xb0]]

const isAcknowledgement = (first: number): boolean => acknowledgements.some((kind) => kind.includes(first))

/** Which acknowledgements a fault means: one of the three kinds, or all. */
const means = (fault: Fault, first: number): boolean => {
  const index = acknowledgements.findIndex((kind) => kind.includes(first))
  const chosen = fault.share < 0.4 ? 0 : fault.share < 0.55 ? 1 : fault.share < 0.7 ? 2 : 3
  return index >= 0 && (chosen === 3 || chosen === index)
}

const withIdentifier = (bytes: Bytes.Bytes, change: number): Bytes.Bytes => {
  const changed = bytes.slice()
  const identifier = ((((bytes[2] as number) << 8) | (bytes[3] as number)) + change) & 0xffff || 1
  changed[2] = identifier >> 8
  changed[3] = identifier & 0xff
  return changed
}

/** A SUBACK with one return code more. */
const subackMismatch = (suback: Bytes.Bytes): Bytes.Bytes => {
  const changed = Bytes.concat([suback, Uint8Array.of(0)])
  changed[1] = (changed[1] as number) + 1
  return changed
}

const acknowledge = (world: World.World, link: Link.Link, honest: Bytes.Bytes): void => {
  const bytes = HostileServer5.reasoned(world, honest)
  const first = bytes[0] as number
  const fault = (kind: "ackNever" | "ackLate" | "ackTwice" | "ackWrong") => {
    const on = World.on(world, kind)
    return on !== undefined && means(on, first) ? on : undefined
  }
  if (fault("ackNever") !== undefined) {
    link.isSpoilt = true
    return
  }
  const isWrong = fault("ackWrong") !== undefined
  const isMiscounted = first === 0x90 && World.on(world, "subackMiscount") !== undefined
  if (isWrong || isMiscounted) link.isSpoilt = true
  let out = isWrong ? withIdentifier(bytes, 1 + Math.floor((fault("ackWrong")?.share ?? 0) * 7)) : bytes
  if (isMiscounted) out = subackMismatch(out)
  const times = fault("ackTwice") === undefined ? 1 : 2
  const late = fault("ackLate")
  for (let i = 0; i < times; i++) {
    if (late === undefined) Link.send(world, link, out)
    else world.after(late.amount, () => Link.send(world, link, out))
  }
}

const accept = (world: World.World, link: Link.Link, honest: Server.Link, told: Bytes.Bytes): void => {
  const lie = World.on(world, "presentLie")
  const bytes = told[3] === 0 ? HostileServer5.limited(world, link, honest, told).slice() : told
  if (lie !== undefined && bytes[3] === 0) {
    world.hasLied = true
    bytes[2] = 1 - (bytes[2] as number)
  }
  Link.send(world, link, bytes)
  const close = World.on(world, "closeAfterConnack")
  if (close !== undefined) world.after(close.amount, () => Link.finish(world, link))
}

/** One packet of the Server that keeps to the rules, on its way out. */
const pass = (world: World.World, link: Link.Link, honest: Server.Link, told: Bytes.Bytes): void => {
  const first = told[0] as number
  if (first === connack) return accept(world, link, honest, told)
  const bytes = first >> 4 === 3 ? HostileServer5.published(world, link, honest, told) : told
  if (bytes === undefined) return
  if (isAcknowledgement(first)) return acknowledge(world, link, bytes)
  if (first === pingresp && World.on(world, "pingNever") !== undefined) return
  Link.send(world, link, bytes)
  if (first >> 4 !== 3 || World.on(world, "sendTwice") === undefined) return
  const again = bytes.slice()
  if ((first & 6) !== 0) again[0] = first | 8
  Link.send(world, link, again)
}

const topicsOfUser = [...Story.topics, "out/1", "out/2", "out/3", "out/h"]

/** The topic on which the Server closes. */
const poison = (fault: Fault): string => topicsOfUser[Math.floor(fault.share * topicsOfUser.length)] as string

/** Whether the Server closes on this packet. */
const isForbidden = (world: World.World, packet: Seen.Seen): boolean => {
  if (packet._tag === "Connect") return World.on(world, "closeBeforeConnack") !== undefined
  if (packet._tag !== "Publish") return false
  const topic = World.on(world, "closeOnTopic")
  const size = World.on(world, "closeOnSize")
  return (
    packet.topic === Story.poisonTopic ||
    (topic !== undefined && packet.topic === poison(topic)) ||
    (size !== undefined && packet.payload.length > size.amount)
  )
}

/** One packet of the Client, on its way in. */
const receive = (
  world: World.World,
  link: Link.Link,
  honest: Server.Link,
  packet: Seen.Seen,
  frame: Bytes.Bytes
): void => {
  const { server } = world
  world.see({ _tag: "Reached", link: link.number, packet })
  if (packet._tag === "Connect") {
    link.maximumPacketSize = packet.properties?.maximumPacketSize ?? Infinity
    link.topicAliasMaximum = packet.properties?.topicAliasMaximum ?? 0
  }
  if (packet._tag === "Publish" && packet.packetIdentifier !== undefined) link.lastIdentifier = packet.packetIdentifier
  if (isForbidden(world, packet)) return Link.finish(world, link)
  if (packet._tag === "Connect" && World.on(world, "noConnack") !== undefined) return
  if (packet._tag === "Publish" && HostileServer5.refuses(world, link, honest, packet)) return
  server.refuseWith = (World.on(world, "connackRefused")?.amount ?? 0) as typeof server.refuseWith
  server.forbidden.clear()
  if (packet._tag === "Subscribe" && World.on(world, "subackRefused") !== undefined) {
    for (const { topicFilter } of packet.subscriptions) server.forbidden.add(topicFilter)
  }
  const late = packet._tag === "Connect" ? World.on(world, "lateConnack") : undefined
  if (late === undefined) return Server.receive(server, honest, frame, world.now())
  world.after(late.amount, () => {
    if (!link.isDone) Server.receive(server, honest, frame, world.now())
  })
}

/** The Server's end of a new connection. */
export const open = (world: World.World) => (link: Link.Link): Link.ServerEnd => {
  const honest: Server.Link = Server.accept(
    (bytes) => pass(world, link, honest, bytes),
    () => Link.finish(world, link),
    world.codec.server()
  )
  const read = Seen.reader(world.codec)
  const named = Seen.aliases()
  /** The Server that keeps to the rules knows no Topic Aliases. */
  const whole = (sized: Seen.Sized): Seen.Sized | undefined => {
    if (sized.packet._tag !== "Publish" || sized.packet.properties?.topicAlias === undefined) return sized
    const packet = named(sized.packet)
    if (packet === undefined) return undefined
    const plain = { ...packet, properties: { ...packet.properties, topicAlias: undefined } }
    return { packet, frame: world.codec.encode([plain]) }
  }
  return {
    receive: (bytes) => {
      for (const each of read(bytes)) {
        const sized = each === undefined ? undefined : whole(each)
        if (sized === undefined) Link.finish(world, link)
        else if (!link.isDone) receive(world, link, honest, sized.packet, sized.frame)
      }
    },
    closed: () => Server.closed(world.server, honest, world.now())
  }
}
