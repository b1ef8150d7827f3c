/**
 * One visit to the Server: what has been said and answered on this Network Connection.
 *
 * A record that belongs to its connection, and plain functions that take it from packet to packet, so that all work between
 * two waits for the network is plain code. What outlives the connection is in the Memory, and is set with each packet.
 */
import * as Result from "effect/Result"
import { changed } from "../../domain/changed.ts"
import * as ConfigUpdate from "../../domain/ConfigUpdate.ts"
import * as ConnectionRefused from "../../domain/ConnectionRefused.ts"
import * as DeviceState from "../../domain/DeviceState.ts"
import * as Outbox from "../../domain/Outbox.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import type { Connack } from "../../domain/packet/Connack.ts"
import * as Incoming from "../../domain/packet/Incoming.ts"
import * as Outgoing from "../../domain/packet/Outgoing.ts"
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
import type { Memory } from "./Memory.ts"

/** The Server broke the rules, or said no. */
export type VisitError = DecodeError | PacketTooLarge | ConnectionRefused.ConnectionRefused

export interface Visit {
  readonly memory: Memory
  readonly packets: Incoming.Incoming
  /** What broke the visit; nothing that comes after it counts. */
  broken: VisitError | undefined
  /** CONNACK with return code 0 has arrived. */
  accepted: boolean
  sessionPresent: boolean
  subscription: "none" | "waiting" | "granted" | "refused"
  /** How many Topic Filters the SUBSCRIBE held: SUBACK must have a return code for each (MQTT-3.8.4-5). */
  filters: number
  update: ConfigUpdate.ConfigUpdate
  /** PUBACKs that we owe. */
  replies: Outgoing.Outgoing
  commands: Array<string>
  /** Messages acknowledged on this connection. */
  delivered: number
  /** The newest Outbox entry written on this connection. */
  written: number
}

/** PUBLISH packets in flight at once. Servers hold back no more than this before they have accepted a CONNECT. */
export const window = 32

/** Nothing has been said yet. */
export const make = (memory: Memory): Visit => ({
  memory,
  packets: Incoming.make(maximumPacketSize),
  broken: undefined,
  accepted: false,
  sessionPresent: false,
  subscription: "none",
  filters: 0,
  update: ConfigUpdate.begin(memory.config.mqtt, memory.config.version, memory.config),
  replies: Outgoing.none,
  commands: [],
  delivered: 0,
  written: 0
})

const setSession = (memory: Memory, session: Session.Session): void => {
  memory.state = changed(memory.state, { session })
}

/** A try that follows a failure does not ask for the configuration: whatever that may hold, the data gets through. */
const wanted = ({ config, isTooMuch, state }: Memory): ReadonlyArray<string> => {
  // One that is always on does without it only if that was what failed: what the Server's Session has of it goes on.
  const topics: ReadonlyArray<string> = (config.deepSleep ? state.reconnect.attemptCount > 1 : isTooMuch) ? [] : ConfigUpdate.topics(config.mqtt)
  return withCommands(config, topics)
}

/** Everything that was given a Packet Identifier is acknowledged, and more is owed. */
export const hasRoom = (state: DeviceState.DeviceState): boolean =>
  Outbox.size(state.outbox) > 0 && !state.session.inFlight.some(({ entry }) => entry > 0)

/** What is in flight and was not yet written on this connection; it counts as written from now on, and as sent. */
export const publish = (visit: Visit): Outgoing.Outgoing => {
  const { memory } = visit
  const { outbox, session } = memory.state
  if (visit.written === outbox.lastId) return Outgoing.none
  let packets = Outgoing.none
  for (const known of session.inFlight) {
    const { dup, entry, packetIdentifier } = known
    if (entry > visit.written) {
      for (const { id, message } of outbox.entries) {
        if (id === entry) packets = Outgoing.join(packets, Outgoing.publish(message, dup, packetIdentifier))
      }
      visit.written = entry
    }
  }
  if (!Outgoing.isNone(packets)) setSession(memory, Session.sent(session))
  return packets
}

/**
 * Everything that can be said at once: CONNECT, what we owe, SUBSCRIBE to the configuration. A Client need not wait for
 * CONNACK (MQTT 3.1.1, 3.1.4), and a Server that refuses the connection has processed none of it.
 */
export const open = (visit: Visit): Outgoing.Outgoing => {
  const { memory } = visit
  const packets = Outgoing.join(Outgoing.connect(memory.config.mqtt), publish(visit))
  const session = Session.disconnected(memory.state.session)
  const topics = wanted(memory)
  const borrowed = topics.length > 0 ? Session.borrow(session) : undefined
  if (borrowed === undefined) {
    setSession(memory, session)
    return packets
  }
  setSession(memory, borrowed.session)
  visit.subscription = "waiting"
  visit.filters = topics.length
  return Outgoing.join(packets, Outgoing.subscribe(borrowed.packetIdentifier, topics as ReadonlyArray<TopicFilter>))
}

/** Everything owed has been acknowledged. */
export const isDelivered = (visit: Visit): boolean => visit.accepted && Outbox.size(visit.memory.state.outbox) === 0

const published = (visit: Visit, packet: Publish): undefined => {
  const { packetIdentifier } = packet
  if (packetIdentifier !== undefined) visit.replies = Outgoing.join(visit.replies, Outgoing.puback(packetIdentifier))
  if (!isCommand(visit.memory.config, packet.topic)) visit.update = ConfigUpdate.receive(visit.update, packet)
  // A retained command is an old one: it was meant for whoever was there at the time.
  else if (!packet.retain) visit.commands.push(Bytes.toText(packet.payload))
}

const acknowledged = (visit: Visit, packet: Puback): VisitError | undefined => {
  const { memory } = visit
  const found = Session.acknowledge(memory.state.session, "PUBACK", packet.packetIdentifier)
  if (Result.isFailure(found)) return found.failure
  memory.state = DeviceState.delivered(memory.state, found.success)
  visit.delivered++
  return undefined
}

const subscribed = (visit: Visit, packet: Suback): VisitError | undefined => {
  const { returnCodes } = packet
  if (returnCodes.length !== visit.filters) return Violation.miscounted(returnCodes.length, visit.filters)
  const found = Session.acknowledge(visit.memory.state.session, "SUBACK", packet.packetIdentifier)
  if (Result.isFailure(found)) return found.failure
  setSession(visit.memory, found.success.session)
  visit.subscription = returnCodes.indexOf(0x80) >= 0 ? "refused" : "granted"
  return undefined
}

const connected = (visit: Visit, packet: Connack): VisitError | undefined => {
  visit.accepted = packet.returnCode === 0
  visit.sessionPresent = packet.sessionPresent
  return visit.accepted ? undefined : ConnectionRefused.make(packet.returnCode)
}

/** What a packet changes, or what is wrong with it: found by its name, for it costs a board to ask one by one. */
const receivers = {
  Puback: acknowledged,
  Publish: published,
  Suback: subscribed,
  Connack: connected
}

type Receiver = (visit: Visit, packet: ServerPacket | VisitError) => VisitError | undefined

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
      : Violation.outOfTurn(tag, visit.accepted)
  }
}
