/**
 * One visit to the Server: what has been said and answered on this Network Connection.
 *
 * A record that belongs to its connection, and plain functions that take it from packet to packet, so that all work between
 * two waits for the network is plain code. What outlives the connection is in the Memory, and is set with each packet.
 */
import { changed } from "../../domain/changed.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import * as ConnectionRefused from "../../domain/ConnectionRefused.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { Connack } from "../../domain/packet/Connack.ts"
import * as Incoming from "../../domain/packet/Incoming.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
import type { Oversized } from "../../domain/packet/Oversized.ts"
import type { DecodeError, PacketTooLarge } from "../../domain/packet/PacketError.ts"
import type { Puback } from "../../domain/packet/Puback.ts"
import type { Publish } from "../../domain/packet/Publish.ts"
import type { ServerPacket } from "../../domain/packet/ServerPacket.ts"
import type { Suback } from "../../domain/packet/Suback.ts"
import * as Session from "../../domain/Session.ts"
import type { TopicFilter } from "../../domain/Topic.ts"
import * as Violation from "../../domain/Violation.ts"
import { isCommand, withCommands } from "./command.ts"
import { maximumPacketSize } from "./maximumPacketSize.ts"
import { isCareful, type Memory } from "./Memory.ts"
import * as Unusual from "./Unusual.ts"

/** The Server broke the rules, or said no. */
export type VisitError = DecodeError | PacketTooLarge | ConnectionRefused.ConnectionRefused

export interface Visit {
  readonly memory: Memory
  readonly packets: Incoming.Incoming
  /** What broke the visit; nothing that comes after it counts. */
  broken: VisitError | undefined
  /** What follows CONNECT was written. */
  isOpen: boolean
  /** CONNACK with return code 0 has arrived. */
  accepted: boolean
  sessionPresent: boolean
  subscription: "none" | "waiting" | "granted" | "refused"
  /** How many Topic Filters the SUBSCRIBE held: SUBACK must have a return code for each (MQTT-3.8.4-5). */
  filters: number
  update: ConfigUpdate.ConfigUpdate
  /** Why a configuration that has come cannot be read. */
  tooLarge: string | undefined
  /** PUBACKs that we owe. */
  replies: Outgoing.Outgoing
  commands: Array<string>
  /** Messages acknowledged on this connection. */
  delivered: number
  /** How many of them were told. */
  told: number
  /** The Outbox entries that were written on this connection and are not acknowledged, in the order of writing. */
  sent: Array<number>
  /** The first acknowledgement for which nothing waits. */
  unexpected: Puback | Suback | undefined
}

/** Nothing has been said yet. */
export const make = (memory: Memory): Visit => ({
  memory,
  packets: Incoming.make(maximumPacketSize),
  broken: undefined,
  isOpen: false,
  accepted: false,
  sessionPresent: false,
  subscription: "none",
  filters: 0,
  update: ConfigUpdate.begin(memory.config.mqtt, memory.config.version, memory.config),
  tooLarge: undefined,
  replies: Outgoing.none,
  commands: [],
  delivered: 0,
  told: 0,
  sent: [],
  unexpected: undefined
})

const setSession = (memory: Memory, session: Session.Session): void => {
  memory.state = changed(memory.state, { session })
}

/**
 * A try that follows a failure does not ask for the configuration: whatever that may hold, the data gets through. Where the
 * connections may have ended on the data, every other try does, or no configuration could mend that.
 */
const wanted = (memory: Memory): ReadonlyArray<string> => {
  const { config, isReplaced, state } = memory
  const { attemptCount } = state.reconnect
  const isAfterFailure = attemptCount > 1 && (state.suspects.length === 0 || attemptCount % 2 === 0)
  const isLeftOut = config.deepSleep && isAfterFailure || isCareful(memory) || isReplaced
  return withCommands(config, isLeftOut ? [] : ConfigUpdate.topics(config.mqtt))
}

/** Everything that was given a Packet Identifier for now is acknowledged, and more is owed. */
export const hasRoom = ({ outbox, session }: DeviceState.DeviceState, held: ReadonlyArray<number>): boolean =>
  outbox.entries[held.length] !== undefined && !session.inFlight.some(({ entry }) => entry > 0 && held.indexOf(entry) < 0)

/** What is in flight and was not yet written on this connection; it counts as written from now on, and as sent. */
const publish = (visit: Visit): Outgoing.Outgoing => {
  const { memory } = visit
  const { held } = memory
  const { outbox, session } = memory.state
  let packets = Outgoing.none
  // In the order of the Outbox: what was held back once has its Packet Identifier later than what came after it.
  for (const { id, payload, topic } of outbox.entries) {
    if (visit.sent.indexOf(id) >= 0 || held.indexOf(id) >= 0) continue
    for (const { dup, entry, packetIdentifier } of session.inFlight) {
      if (entry !== id) continue
      const name = memory.config.mqtt.topicDataPrefix + "/" + topic
      packets = Outgoing.join(packets, Outgoing.publish(name, payload, dup, packetIdentifier))
      visit.sent.push(id)
    }
  }
  if (!Outgoing.isNone(packets)) setSession(memory, Session.sent(session, held))
  return packets
}

/** What follows CONNECT, once. */
const request = (visit: Visit): Outgoing.Outgoing => {
  const { memory } = visit
  visit.isOpen = true
  const packets = publish(visit)
  const session = Session.disconnected(memory.state.session)
  const topics = wanted(memory)
  const borrowed = topics.length > 0 ? Session.borrow(session) : undefined
  if (borrowed === undefined) {
    setSession(memory, session)
    return packets
  }
  setSession(memory, borrowed)
  visit.subscription = "waiting"
  visit.filters = topics.length
  return Outgoing.join(packets, Outgoing.subscribe(borrowed.lastIdentifier, topics as ReadonlyArray<TopicFilter>))
}

/**
 * Everything that can be said at once: CONNECT, what we owe, SUBSCRIBE to the configuration. A Client need not wait for
 * CONNACK (MQTT 3.1.1, 3.1.4), and a Server that refuses the connection has processed none of it. Some Servers close on what
 * comes before their CONNACK: to them CONNECT goes alone.
 */
export const open = (visit: Visit): Outgoing.Outgoing => {
  const { config, state } = visit.memory
  const packets = Outgoing.connect(config.mqtt)
  return state.connectAlone > 0 ? packets : Outgoing.join(packets, request(visit))
}

/** What is to be sent now: what follows CONNECT, or what has come to be in flight since. */
export const send = (visit: Visit): Outgoing.Outgoing => visit.isOpen ? publish(visit) : request(visit)

/** The connection has ended in a way from which there is something to learn (`ConnectionEnd`). */
export const isUnusual = ({ accepted, delivered, memory, sent, told, unexpected }: Visit): boolean =>
  !accepted || unexpected !== undefined || delivered > told || memory.state.connectAlone > 0 || sent[0] !== undefined

/** Everything owed has been acknowledged, but for what is held back. */
export const isDelivered = ({ accepted, isOpen, memory }: Visit): boolean => accepted && isOpen && !memory.state.outbox.entries[memory.held.length]

const published = (visit: Visit, packet: Publish): undefined => {
  const { packetIdentifier } = packet
  if (packetIdentifier !== undefined) visit.replies = Outgoing.join(visit.replies, Outgoing.puback(packetIdentifier))
  if (!isCommand(visit.memory.config, packet.topic)) visit.update = ConfigUpdate.receive(visit.update, packet)
  // A retained command is an old one: it was meant for whoever was there at the time.
  else if (!packet.retain) visit.commands.push(Bytes.toText(packet.payload))
}

const acknowledged = (visit: Visit, packet: Puback | Suback): VisitError | undefined => {
  const { memory } = visit
  const returnCodes = packet._tag === "Suback" ? packet.returnCodes : undefined
  const found = Session.acknowledge(memory.state.session, returnCodes ? "SUBACK" : "PUBACK", packet.packetIdentifier)
  // Nor does what was not sent on this connection.
  if (!found || found.entry > 0 && visit.sent.indexOf(found.entry) < 0) {
    visit.unexpected ??= packet
    return undefined
  }
  memory.state = DeviceState.delivered(memory.state, found)
  if (!returnCodes) {
    visit.delivered++
    visit.sent = visit.sent.filter((id) => id !== found.entry)
    return undefined
  }
  visit.subscription = returnCodes.indexOf(0x80) >= 0 ? "refused" : "granted"
  return returnCodes.length === visit.filters ? undefined : Violation.miscounted(returnCodes.length, visit.filters)
}

const connected = (visit: Visit, packet: Connack): VisitError | undefined => {
  visit.accepted = packet.returnCode === 0
  visit.sessionPresent = packet.sessionPresent
  return visit.accepted ? undefined : ConnectionRefused.make(packet.returnCode)
}

/** What a packet changes, or what is wrong with it: found by its name, for it costs a board to ask one by one. */
const receivers = {
  "Puback": acknowledged,
  "Publish": published,
  "Suback": acknowledged,
  "Connack": connected
}

type Receiver = (visit: Visit, packet: ServerPacket | Oversized | VisitError) => VisitError | undefined

/** Takes in what has arrived; each acknowledgement counts at once, whatever follows it. */
export const take = (visit: Visit, chunk: Bytes.Bytes): void => {
  Incoming.add(visit.packets, chunk)
  for (let packet = Incoming.next(visit.packets); packet && !visit.broken; packet = Incoming.next(visit.packets)) {
    const { _tag: tag } = packet
    // CONNACK comes once, and before all else.
    const receive = visit.accepted === (tag === "Connack") ? undefined : (receivers as { readonly [name: string]: unknown })[tag]
    // What else may have come: a fault of the stream itself, a packet that may not come, or not now.
    visit.broken = receive ? (receive as Receiver)(visit, packet)
      : "message" in packet ? packet
      : Unusual.take(visit, packet)
  }
}
