/**
 * Injects a fault, and heals the world.
 */
import * as Chance from "../../../src/adapters/simulation/faults/Chance.ts"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as Session from "../../../src/domain/delivery/Session.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import { disconnect, forms5 } from "./HostileServer5.ts"
import * as Link from "./Link.ts"
import * as Payload from "./Payload.ts"
import * as Process from "./Process.ts"
import type { Seen } from "./Seen.ts"
import { type Blow, type Fault, isSpell, type Other, type Spell } from "./Step.ts"
import { qosOf, topics } from "./Story.ts"
import * as World from "./World.ts"

/** The Client Identifier of every Client of a story. */
export const clientId = "c"

const open = (world: World.World): ReadonlyArray<Link.Link> =>
  [...world.links].filter((link) => !link.isClosed && !link.isDone)

const topicOf = (share: number): string => topics[Math.floor(((share * 7_919) % 1) * topics.length)] as string

/** Another client publishes, as it may. Gives the number of the message. */
export const publish = (
  world: World.World,
  topic: string,
  bytes: number,
  options: { readonly qos: 0 | 1 | 2; readonly retain: boolean }
): number => {
  const number = ++world.others
  Server.publish(
    world.server,
    { topic: topic as TopicName, payload: Payload.make(number, bytes), ...options },
    world.now()
  )
  return number
}

const encode = ({ codec }: World.World, packet: Seen): Bytes.Bytes => codec.encode([packet])

const forged = (world: World.World, index: number, topic: string, bytes: number, qos: 0 | 1 | 2): Seen => ({
  _tag: "Publish",
  topic: topic as TopicName,
  payload: Payload.make(++world.forged, bytes),
  qos,
  retain: false,
  dup: false,
  // Far from those of the Server that keeps to the rules.
  packetIdentifier: qos === 0 ? undefined : 40_000 + index
})

/** Bytes of payload. */
const maxOfFlood = 6_000_000

/** Many messages, in few sends. */
const flood = (world: World.World, fault: Fault): void => {
  const chance = Chance.make("flood " + fault.share)
  const qos = chance() < 0.5 ? 0 : 1
  const most = Math.min(Math.floor(maxOfFlood / fault.amount), 20_000)
  const bytes = chance() < 0.25 ? most : Math.min(Math.floor(Chance.scale(chance, 1, 100)), most)
  const topic = chance() < 0.3 ? "nobody/asked" : topicOf(chance())
  const packets = Array.from({ length: fault.amount },
    (_, index) => encode(world, forged(world, index, topic, bytes, qos)))
  for (const link of open(world)) {
    for (let from = 0; from < packets.length; from += 200) {
      Link.send(world, link, Bytes.concat(packets.slice(from, from + 200)))
    }
  }
}

const noise = (chance: Chance.Chance, length: number): Bytes.Bytes =>
  Uint8Array.from({ length }, () => Math.floor(chance() * 256))

const identifier = (chance: Chance.Chance): number => Chance.whole(chance, 1, 80)

const forms: ReadonlyArray<(chance: Chance.Chance, world: World.World) => Bytes.Bytes> = [
  (chance, world) => encode(world, { _tag: "Puback", packetIdentifier: identifier(chance) }),
  (chance, world) => encode(world, { _tag: "Suback", packetIdentifier: identifier(chance), returnCodes: [0] }),
  (chance, world) => encode(world, { _tag: "Unsuback", packetIdentifier: identifier(chance) }),
  (_, world) => encode(world, { _tag: "Pingresp" }),
  (chance, world) => encode(world, { _tag: "Connack", sessionPresent: chance() < 0.5, returnCode: 0 }),
  (chance, world) => encode(world, { _tag: "Pubrec", packetIdentifier: identifier(chance) }),
  (chance, world) => encode(world, { _tag: "Pubrel", packetIdentifier: identifier(chance) }),
  (chance, world) => encode(world, { _tag: "Pubcomp", packetIdentifier: identifier(chance) }),
  (_, world) => encode(world, { _tag: "Pingreq" }),
  (_, world) => encode(world, { _tag: "Disconnect" }),
  (_, world) => encode(world, forged(world, 1, "nobody/asked", 10, 1)),
  (_, world) => encode(world, forged(world, 1, "nobody/asked", 10, 2)),
  (chance) => noise(chance, Chance.whole(chance, 1, 200)),
  // A PUBLISH with Packet Identifier 0; with a wildcard.
  () => Uint8Array.of(0x32, 5, 0, 1, 0x61, 0, 0),
  () => Uint8Array.of(0x30, 3, 0, 1, 0x23),
  // A Remaining Length that does not end; the largest packet there can be, and some of it.
  () => Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
  (chance) =>
    Bytes.concat([Uint8Array.of(0x30, 0xff, 0xff, 0xff, 0x7f), noise(chance, Chance.whole(chance, 1, 40_000))])
]

const unasked = (world: World.World, fault: Fault): void => {
  const chance = Chance.make("unasked " + fault.share)
  const all = world.codec.version === 5 ? forms5.concat(forms) : forms
  const form = all[Math.floor(chance() * all.length)] as (typeof forms)[number]
  for (const link of open(world)) {
    // What follows is read as something else, or not at all.
    link.isSpoilt = true
    Link.send(world, link, form(chance, world))
  }
}

/** The Client's Session becomes one that it knows nothing of. */
const swapSession = (world: World.World): void => {
  const session = world.server.sessions.get(clientId)
  if (session === undefined) return
  world.hasLied = true
  for (const link of open(world)) Link.finish(world, link)
  session.subscriptions.clear()
  session.subscriptions.set("other", 1)
  session.pending.clear()
  session.released.clear()
  session.unreleased.clear()
  session.acknowledgement = Session.empty
  for (let i = 0; i < 3; i++) publish(world, "other", 20, { qos: 1, retain: false })
}

/** The present Client's process ends at one of its next steps. */
const kill = ({ process }: World.World, { amount, share }: Fault): void => {
  if (process !== undefined) Process.arm(process, amount, share)
}

const strikeLinks: Readonly<Partial<Record<Blow, (world: World.World, link: Link.Link, fault: Fault) => void>>> = {
  closeNow: (world, link) => Link.finish(world, link),
  serverDisconnects: (world, link, { share }) => {
    Link.send(world, link, encode(world, disconnect(share)))
    Link.finish(world, link)
  },
  reset: (world, link) => Link.reset(world, link),
  halfOpen: (world, link, fault) => {
    link.isMute = true
    if (fault.amount >= 1_000) world.after(fault.amount, () => Link.reset(world, link))
  },
  cutUp: (_, link, fault) => {
    link.leftUp = fault.amount
  },
  cutDown: (_, link, fault) => {
    link.leftDown = fault.amount
  },
  ackEarly: (world, link, { amount }) => {
    link.isSpoilt = true
    for (let i = 1; i <= amount; i++) {
      Link.send(world, link, encode(world, { _tag: "Puback", packetIdentifier: link.lastIdentifier + i }))
    }
  }
}

const inject = (world: World.World, kind: Blow | Other, fault: Fault): void => {
  switch (kind) {
    case "sessionLost":
      world.server.sessions.clear()
      if (fault.share < 0.5) { for (const link of open(world)) Link.finish(world, link) }
      else world.hasLied = true
      return
    case "sessionSwapped":
      return swapSession(world)
    case "kill":
      return kill(world, fault)
    case "flood":
      return flood(world, fault)
    case "unasked":
      return unasked(world, fault)
    case "othersPublish":
      for (let i = 0; i < fault.amount; i++) {
        const share = (fault.share * (i + 1) * 31) % 1
        publish(world, topicOf(i % 3 === 0 ? share : fault.share), 1 + Math.floor(share * 200), {
          qos: fault.share < 0.4 ? 2 : fault.share < 0.8 ? 1 : 0,
          retain: false
        })
      }
      return
    case "othersRetain":
      publish(world, topicOf(fault.share), fault.amount, { qos: qosOf(fault.share), retain: true })
      return
    default:
      for (const link of open(world)) strikeLinks[kind]?.(world, link, fault)
  }
}

/** The Server, or the network, goes on with what has waited. */
const resume = (world: World.World): void => {
  for (const link of world.links) Link.read(world, link)
}

const end = (world: World.World, kind: Spell, fault: Fault): void => {
  if (world.spells.get(kind) !== fault) return
  world.spells.delete(kind)
  resume(world)
}

/** Its time has come. */
export const begin = (world: World.World, fault: Fault): void => {
  world.see({ _tag: "Injected", kind: fault.kind })
  if (!isSpell(fault.kind)) return inject(world, fault.kind, fault)
  const { kind } = fault
  world.spells.set(kind, fault)
  world.after(fault.lasts, () => end(world, kind, fault))
}

/**
 * From now on nothing goes wrong any more. A Server that has lied about a Session, or has lost an acknowledgement, can
 * only be believed again after it has closed the connection.
 */
export const heal = (world: World.World, isRestart: boolean): void => {
  world.spells.clear()
  if (world.process !== undefined) Process.disarm(world.process)
  if (isRestart || world.hasLied) world.server.sessions.clear()
  for (const link of new Set(world.links)) {
    // A stream that something is missing in does not go on.
    const isCut = link.leftUp === 0 || link.leftDown === 0
    link.leftUp = Infinity
    link.leftDown = Infinity
    if (link.isMute || isCut) Link.reset(world, link)
    else if (isRestart || world.hasLied || link.isSpoilt) Link.finish(world, link)
  }
  resume(world)
  world.see({ _tag: "Healed" })
}
