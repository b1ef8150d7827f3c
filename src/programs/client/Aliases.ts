/**
 * Topic Aliases of one connection (MQTT 5, 3.3.2.3.4): a number of two bytes in place of a topic that both sides know.
 */
import type { ProtocolViolation } from "../../domain/packet/PacketError.ts"
import type { TopicName } from "../../domain/packet/Topic.ts"
import * as Fault from "../../domain/packet/v5/Fault.ts"
import type { Publish5 } from "../../domain/packet/v5/Publish.ts"

/** The topics for which the Server has sent an alias. */
export interface Incoming {
  /** What the Client has allowed in CONNECT. */
  readonly maximum: number
  readonly topics: Map<number, TopicName>
}

export const incoming = (maximum: number): Incoming => ({ maximum, topics: new Map() })

/** The message with its topic. */
export const resolve = <P extends Publish5>({ maximum, topics }: Incoming, packet: P): P | ProtocolViolation => {
  const alias = packet.properties?.topicAlias
  if (alias === undefined) return packet
  if (alias > maximum) {
    const fault = `has Topic Alias ${alias}; this Client allows ${maximum}`
    return Fault.unexpected("PUBLISH", "MQTT-3.3.2-11", fault, 0x94)
  }
  if (packet.topic !== "") {
    topics.set(alias, packet.topic)
    return packet
  }
  const topic = topics.get(alias)
  if (topic !== undefined) return { ...packet, topic }
  return Fault.unexpected("PUBLISH", "3.3.2.3.4", `has Topic Alias ${alias}, which stands for no topic yet`)
}

/** As most messages carry it: those without other properties share it. */
type Alias = Readonly<{ topicAlias: number }>

/** The topics for which the Client has sent an alias. */
export interface Outgoing {
  /** What the Server allows in CONNACK; 0 before it. */
  maximum: number
  readonly aliases: Map<string, Alias>
  /** Topics that were sent once: an alias pays from the second time on. */
  readonly seen: Set<string>
}

export const outgoing = (): Outgoing => ({ maximum: 0, aliases: new Map(), seen: new Set() })

/** More of the Server's aliases than this are not used, and no more topics are remembered as sent once. */
const maximumTopics = 1_000

/** An alias takes three bytes of its own. */
const shortest = 4

/** An alias for this topic, a new one if it pays; undefined: the topic is sent. */
const aliasFor = ({ aliases, maximum, seen }: Outgoing, topic: string): Alias | undefined => {
  const known = aliases.get(topic)
  if (known !== undefined || topic.length < shortest) return known
  const isNew = aliases.size < Math.min(maximum, maximumTopics) && seen.has(topic)
  return isNew ? { topicAlias: aliases.size + 1 } : undefined
}

const none = "" as TopicName

/** The packet to send in place of this one. Field by field: `...` would take longer than all else. */
export const shorten = (outgoing: Outgoing, packet: Publish5): Publish5 => {
  if (outgoing.maximum === 0) return packet
  const alias = aliasFor(outgoing, packet.topic)
  if (alias === undefined) return packet
  const { dup, packetIdentifier, payload, qos, retain } = packet
  return {
    _tag: "Publish",
    topic: outgoing.aliases.get(packet.topic) === alias ? none : packet.topic,
    payload,
    qos,
    retain,
    dup,
    packetIdentifier,
    properties: packet.properties === undefined ? alias : { ...packet.properties, topicAlias: alias.topicAlias }
  } as Publish5
}

/** A packet with this topic will be sent as `shorten` has made it. */
export const sent = ({ aliases, maximum, seen }: Outgoing, topic: string, topicAlias: number | undefined): void => {
  if (maximum === 0 || aliases.has(topic)) return
  if (topicAlias !== undefined) {
    aliases.set(topic, { topicAlias })
    seen.delete(topic)
    return
  }
  if (seen.size >= maximumTopics) seen.clear()
  seen.add(topic)
}
