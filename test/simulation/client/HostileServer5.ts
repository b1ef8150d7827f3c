/**
 * What a hostile Server of MQTT 5 does to the packets of the simulated one: limits in CONNACK, Reason Codes, Topic
 * Aliases; and what it sends that MQTT 5 forbids. In MQTT 3.1.1 it does nothing.
 */
import type * as Chance from "../../../src/adapters/simulation/faults/Chance.ts"
import * as Server from "../../../src/adapters/simulation/world/Server.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Properties } from "../../../src/domain/packet/v5/PropertyTable.ts"
import * as ReasonCode from "../../../src/domain/packet/v5/ReasonCode.ts"
import type { TopicName } from "../../../src/domain/packet/Topic.ts"
import * as Link from "./Link.ts"
import * as Seen from "./Seen.ts"
import type { FaultKind, Spell } from "./Step.ts"
import * as World from "./World.ts"

const one = <A>(values: ReadonlyArray<A>, share: number): A => values[Math.floor(share * values.length)] as A

const failures = <O extends ReasonCode.Owner>(owner: O): ReadonlyArray<ReasonCode.ReasonCode<O>> =>
  ReasonCode.codesOf(owner).filter(ReasonCode.isFailure)

const decoded = ({ codec }: World.World, bytes: Bytes.Bytes): Seen.Seen | undefined => Seen.packetsOf(codec, bytes)[0]

const limitKinds: ReadonlyArray<Spell & FaultKind> = ["receiveMaximum", "topicAliasMaximum", "maximumPacketSize",
  "serverKeepAlive", "maximumQos", "retainUnavailable", "sessionExpires"]

const amountOf = (world: World.World, spell: Spell): number | undefined => World.on(world, spell)?.amount

/** What CONNACK says of the Server. */
const limits = (world: World.World): Properties<"CONNACK"> => {
  const qos = World.on(world, "maximumQos")
  return {
    receiveMaximum: amountOf(world, "receiveMaximum"),
    topicAliasMaximum: amountOf(world, "topicAliasMaximum"),
    maximumPacketSize: amountOf(world, "maximumPacketSize"),
    serverKeepAlive: amountOf(world, "serverKeepAlive"),
    maximumQos: qos === undefined ? undefined : qos.share < 0.5 ? 0 : 1,
    retainAvailable: World.on(world, "retainUnavailable") === undefined ? undefined : false,
    sessionExpiryInterval: amountOf(world, "sessionExpires")
  }
}

/** A CONNACK that accepts, with the limits that are on. */
export const limited = (
  world: World.World,
  link: Link.Link,
  honest: Server.Link,
  bytes: Bytes.Bytes
): Bytes.Bytes => {
  if (world.codec.version === 4 || !limitKinds.some((kind) => World.on(world, kind) !== undefined)) return bytes
  const connack = decoded(world, bytes)
  if (connack?._tag !== "Connack") return bytes
  // A healed Server has none of them, and says so on the next connection.
  link.isSpoilt = true
  const properties = { ...connack.properties, ...limits(world) }
  const { sessionExpiryInterval } = properties
  if (sessionExpiryInterval !== undefined && honest.connect !== undefined) {
    honest.connect = { ...honest.connect, sessionExpiryInterval }
  }
  return world.codec.encode([{ ...connack, properties }])
}

/** An answer with a Reason Code that refuses nothing, and with words that nobody has asked for. */
export const reasoned = (world: World.World, bytes: Bytes.Bytes): Bytes.Bytes => {
  const fault = world.codec.version === 4 ? undefined : World.on(world, "reasons")
  const packet = fault === undefined ? undefined : decoded(world, bytes)
  if (fault === undefined || packet === undefined) return bytes
  const properties = { reasonString: "because", userProperties: [["k", "v"], ["k", ""]] } as const
  switch (packet._tag) {
    case "Puback":
    case "Pubrec": {
      // No matching subscribers.
      const reasonCode = fault.share < 0.5 ? 0x10 : packet.reasonCode
      return world.codec.encode([{ ...packet, reasonCode, properties } as Seen.Seen])
    }
    case "Pubcomp":
      return world.codec.encode([{ ...packet, reasonCode: fault.share < 0.2 ? 0x92 : 0, properties }])
    default:
      return bytes
  }
}

/** The Server does not take a message. One that it has already it has taken. */
export const refuses = (
  world: World.World,
  link: Link.Link,
  honest: Server.Link,
  { packetIdentifier, qos }: Seen.Publish
): boolean => {
  const fault = World.on(world, "publishRefused")
  const session = world.server.sessions.get(honest.clientId ?? "")
  if (fault === undefined || session === undefined || qos === 0 || packetIdentifier === undefined) return false
  if (session.unreleased.has(packetIdentifier)) return false
  const answer: Seen.Seen = qos === 1
    ? { _tag: "Puback", packetIdentifier, reasonCode: one(failures("PUBACK"), fault.share) }
    : { _tag: "Pubrec", packetIdentifier, reasonCode: one(failures("PUBREC"), fault.share) }
  Link.send(world, link, world.codec.encode([answer]))
  return true
}

/** The Server does as if a message that is too large for the Client had been delivered (MQTT-3.1.2-25). */
const discard = (world: World.World, honest: Server.Link, { packetIdentifier, qos }: Seen.Publish): void => {
  if (packetIdentifier === undefined) return
  const answers: ReadonlyArray<Seen.Seen> = qos === 1 ? [{ _tag: "Puback", packetIdentifier }]
    : [{ _tag: "Pubcomp", packetIdentifier }]
  world.after(0, () => Server.receive(world.server, honest, world.codec.encode(answers), world.now()))
}

/** A message for the Client: with a Topic Alias, or not at all. */
export const published = (
  world: World.World,
  link: Link.Link,
  honest: Server.Link,
  bytes: Bytes.Bytes
): Bytes.Bytes | undefined => {
  if (world.codec.version === 4) return bytes
  const packet = decoded(world, bytes)
  if (packet?._tag !== "Publish") return bytes
  if (bytes.length > link.maximumPacketSize) return void discard(world, honest, packet)
  if (World.on(world, "aliasing") === undefined) return bytes
  const known = link.aliases.get(packet.topic)
  if (known === undefined && link.aliases.size >= link.topicAliasMaximum) return bytes
  const topicAlias = known ?? link.aliases.size + 1
  link.aliases.set(packet.topic, topicAlias)
  const topic = known === undefined ? packet.topic : "" as TopicName
  return world.codec.encode([{ ...packet, topic, properties: { ...packet.properties, topicAlias } }])
}

/** A DISCONNECT of the Server. */
export const disconnect = (share: number): Seen.Seen => {
  // Disconnect with Will Message, 0x04, is for Clients.
  const reasonCode = one(failures("DISCONNECT"), share)
  const isElsewhere = reasonCode === 0x9c || reasonCode === 0x9d
  return { _tag: "Disconnect", reasonCode, properties: isElsewhere ? { serverReference: "other:1883" } : {} }
}

/** A PUBLISH with QoS 0 to `a` with these properties. */
const withProperties = (...properties: ReadonlyArray<number>): Bytes.Bytes =>
  Uint8Array.of(0x30, 4 + properties.length, 0, 1, 0x61, properties.length, ...properties)

/** What MQTT 5 forbids, or nobody has asked for. */
export const forms5: ReadonlyArray<(chance: Chance.Chance, world: World.World) => Bytes.Bytes> = [
  // The same property twice; one that there is not; one of another packet; more than there is.
  () => withProperties(0x01, 0, 0x01, 0),
  () => withProperties(0x7f, 0),
  () => withProperties(0x13, 0, 10),
  () => Uint8Array.of(0x30, 4, 0, 1, 0x61, 0x20),
  // Topic Alias 0; one that stands for nothing; more than the Client allows.
  () => withProperties(0x23, 0, 0),
  () => Uint8Array.of(0x30, 6, 0, 0, 3, 0x23, 0, 40),
  () => withProperties(0x23, 0xff, 0xff),
  // Subscription Identifier 0, and one that nobody has.
  () => withProperties(0x0b, 0),
  () => withProperties(0x0b, 0xff, 0x7f),
  // Reason Codes that these packets may not have.
  () => Uint8Array.of(0x40, 3, 0, 1, 0x01),
  () => Uint8Array.of(0x90, 4, 0, 1, 0, 0x03),
  () => Uint8Array.of(0xe0, 1, 0x04),
  // AUTH, though CONNECT has no Authentication Method.
  (_, { codec }) => codec.encode([{ _tag: "Auth", reasonCode: 0x18, properties: { authenticationMethod: "m" } }]),
  (chance, { codec }) =>
    codec.encode([{ _tag: "Puback", packetIdentifier: 1 + Math.floor(chance() * 80), reasonCode: 0x87 }]),
  (chance, { codec }) =>
    codec.encode([{ _tag: "Pubrec", packetIdentifier: 1 + Math.floor(chance() * 80), reasonCode: 0x91 }]),
  (chance, { codec }) =>
    codec.encode([{ _tag: "Pubrel", packetIdentifier: 1 + Math.floor(chance() * 80), reasonCode: 0x92 }])
]
