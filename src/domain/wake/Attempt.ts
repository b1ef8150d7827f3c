/**
 * One attempt to reach the Server: what was sent and answered on this Network Connection.
 *
 * A record that belongs to its connection, and plain functions that change it with each packet, so that all work
 * between two waits for the network is plain code. What outlives the connection is in the Wake, and is updated with
 * each packet.
 */
import { patch } from "../state/patch.ts"
import * as ConfigUpdate from "../config/ConfigUpdate.ts"
import type * as ConnectionRefused from "../packet/ConnectionRefused.ts"
import * as DeviceState from "../state/DeviceState.ts"
import * as Incoming from "../packet/Incoming.ts"
import * as Outgoing from "../packet/Outgoing.ts"
import type { DecodeError, PacketTooLarge } from "../packet/PacketError.ts"
import type { Puback } from "../packet/Puback.ts"
import type { Suback } from "../packet/Suback.ts"
import * as Session from "../delivery/Session.ts"
import type { TopicFilter } from "../packet/Topic.ts"
import * as CommandRoom from "./commandRoom.ts"
import { configured, subscribe, withCommands } from "./commands.ts"
import type { Given } from "./CommandFields.ts"
import { maximumPacketSize } from "./maximumPacketSize.ts"
import { round } from "./Servers.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** The Server broke the rules, or refused. */
export type AttemptError = DecodeError | PacketTooLarge | ConnectionRefused.ConnectionRefused

export interface Attempt {
  readonly wake: Wake
  readonly packets: Incoming.Incoming
  /** What ended the attempt; nothing after it counts. */
  broken: AttemptError | undefined
  /** The packets that follow CONNECT were written. */
  isOpen: boolean
  /** CONNACK with return code 0 has arrived. */
  accepted: boolean
  /** Everything pending was delivered, except what is held back, before anything went wrong. */
  isReached: boolean
  isSessionPresent: boolean
  subscription: "none" | "waiting" | "granted" | "refused"
  /** How many Topic Filters the SUBSCRIBE had: SUBACK must have a return code for each (MQTT-3.8.4-5). */
  filters: number
  update: ConfigUpdate.ConfigUpdate
  /** Why a configuration that has come cannot be read. */
  tooLarge: string | undefined
  /** PUBACKs that this device still has to send. */
  replies: Outgoing.Outgoing
  /** Commands that are to be done, in the order in which they came. */
  commands?: Array<Given>
  /** There are more commands than wait here: the Server keeps them. */
  leavesCommands?: boolean
  /** Packet Identifiers of commands that came again on this connection. */
  repeated?: ReadonlyArray<number>
  /** Messages acknowledged on this connection. */
  delivered: number
  /** How many of them were reported. */
  reported: number
  /** The Outbox entries that were written on this connection and are not acknowledged, in the order of writing. */
  sent: Array<number>
  /** The first acknowledgement for which nothing waits. */
  unexpected: Puback | Suback | undefined
}

/** A board's bundle may come without them. */
const roomy: typeof CommandRoom.maximumPacketSize | undefined = CommandRoom.maximumPacketSize
const present: typeof configured | undefined = configured
const rounds: typeof round | undefined = round

/** Nothing has been sent yet. */
export const make = (wake: Wake): Attempt => ({
  wake,
  packets: Incoming.make(roomy === undefined ? maximumPacketSize : roomy()),
  broken: undefined,
  isOpen: false,
  accepted: false,
  isReached: false,
  isSessionPresent: false,
  subscription: "none",
  filters: 0,
  update: ConfigUpdate.begin(wake.config.mqtt, wake.config.version,
    present === undefined ? wake.config : present(wake)),
  tooLarge: undefined,
  replies: Outgoing.none,
  delivered: 0,
  reported: 0,
  sent: [],
  unexpected: undefined
})

const setSession = (wake: Wake, session: Session.Session): void => {
  wake.state = patch(wake.state, { session })
}

/**
 * A try that follows a failure does not ask for the configuration: so the data gets through, whatever the configuration
 * is. If the connections may have ended on the data, every other try asks for it, because a new configuration may
 * correct that.
 */
export const wantedTopics = (wake: Wake): ReadonlyArray<string> => {
  const { config, isReplaced, state } = wake
  const { attemptCount } = state.reconnect
  const tries = rounds === undefined ? attemptCount : rounds(wake, attemptCount)
  const isAfterFailure = attemptCount > 1 && (state.suspects.length === 0 || tries % 2 === 0)
  const isLeftOut = config.deepSleep && isAfterFailure || isCareful(wake) || isReplaced
  return withCommands(wake, isLeftOut ? [] : ConfigUpdate.topics(config.mqtt))
}

/** The Outbox has something that is not held back. */
export const hasPending = ({ held, state }: Wake): boolean => state.outbox.entries[held.length] !== undefined

/** Everything of the Outbox that has a Packet Identifier now is acknowledged. */
export const hasRoom = ({ held, state }: Wake): boolean =>
  !state.session.inFlight.some(({ entry }) => entry > 0 && held.indexOf(entry) < 0)

/** What is in flight and was not yet written on this connection. It counts as written from now on, and as sent. */
const publish = (attempt: Attempt): Outgoing.Outgoing => {
  const { wake } = attempt
  const { held } = wake
  const { outbox, session } = wake.state
  let packets = Outgoing.none
  // In the order of the Outbox: a message that was held back has a later Packet Identifier than those after it.
  for (const { id, payload, topic } of outbox.entries) {
    if (attempt.sent.indexOf(id) >= 0 || held.indexOf(id) >= 0) continue
    for (const { dup, entry, packetIdentifier } of session.inFlight) {
      if (entry !== id) continue
      const name = wake.config.mqtt.topicDataPrefix + "/" + topic
      packets = Outgoing.join(packets, Outgoing.publish(name, payload, dup, packetIdentifier))
      attempt.sent.push(id)
    }
  }
  if (!Outgoing.isNone(packets)) setSession(wake, Session.sent(session, held))
  return packets
}

/** What follows CONNECT, once. */
const request = (attempt: Attempt): Outgoing.Outgoing => {
  const { wake } = attempt
  attempt.isOpen = true
  const packets = publish(attempt)
  const topics = wantedTopics(wake)
  const borrowed = topics.length > 0 ? Session.borrow(wake.state.session) : undefined
  if (borrowed === undefined) return packets
  setSession(wake, borrowed)
  attempt.subscription = "waiting"
  attempt.filters = topics.length
  return Outgoing.join(packets, subscribe(wake.config, borrowed.lastIdentifier, topics as ReadonlyArray<TopicFilter>))
}

/**
 * Everything that can be sent at once: CONNECT, the pending messages, SUBSCRIBE for the configuration. A Client need
 * not wait for CONNACK (MQTT 3.1.1, 3.1.4), and a Server that refuses the connection has processed none of it. Some
 * Servers close if packets arrive before their CONNACK: these get CONNECT alone.
 */
export const open = (attempt: Attempt): Outgoing.Outgoing => {
  const { wake } = attempt
  const { config, state } = wake
  const packets = Outgoing.connect(config.mqtt)
  return state.connectAlone > 0 ? packets : Outgoing.join(packets, request(attempt))
}

/**
 * What is to be sent now: answers to the Server; then the packets that follow CONNECT, or the messages that are newly
 * in flight.
 */
export const send = (attempt: Attempt): Outgoing.Outgoing => {
  const packets = Outgoing.join(attempt.replies, attempt.isOpen ? publish(attempt) : request(attempt))
  attempt.replies = Outgoing.none
  return packets
}

/** Answers to the Server, and nothing else. */
export const reply = (attempt: Attempt): Outgoing.Outgoing => {
  const { replies } = attempt
  attempt.replies = Outgoing.none
  return replies
}

/** The last packets. Without DISCONNECT the Server would publish our Will. */
export const leave = (attempt: Attempt): Outgoing.Outgoing => Outgoing.join(attempt.replies, Outgoing.disconnect())

/** The connection has ended in a way from which something can be learned (`ConnectionEnd`). */
export const isUnusual = ({ accepted, delivered, wake, sent, reported, unexpected }: Attempt): boolean =>
  !accepted || unexpected !== undefined || delivered > reported || wake.state.connectAlone > 0 || sent[0] !== undefined

/** The journal has something that goes now. */
export const hasMore = ({ isResting, state }: Wake): boolean => state.journal > 0 && !isResting

/** Everything pending has been acknowledged, except what is held back, or rests in the journal. */
export const isDelivered = ({ accepted, isOpen, wake }: Attempt): boolean =>
  accepted && isOpen && !hasPending(wake) && !hasMore(wake)

/** Everything pending has been delivered, except what is held back. */
export const reached = (attempt: Attempt): void => {
  const { delivered, isSessionPresent, wake } = attempt
  attempt.isReached = true
  wake.emit({ _tag: "Connected", sessionPresent: isSessionPresent })
  wake.emit({ _tag: "Delivered", count: delivered, pending: DeviceState.pending(wake.state) })
  attempt.reported = delivered
}

/**
 * No more of a configuration will come: it is here, or does not exist. False if the attempt was ended, because that
 * counts first.
 */
export const isConfigSettled = ({ broken, subscription, tooLarge, update }: Attempt): boolean =>
  broken === undefined &&
  (tooLarge !== undefined || subscription === "refused" ||
    subscription === "granted" && !ConfigUpdate.isWaiting(update))
