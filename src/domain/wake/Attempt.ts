/**
 * One attempt to reach the Server: what has been said and answered on this Network Connection.
 *
 * A record that belongs to its connection, and plain functions that take it from packet to packet, so that all work
 * between two waits for the network is plain code. What outlives the connection is in the Wake, and is set with each
 * packet.
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
import { withCommands } from "./commands.ts"
import { maximumPacketSize } from "./maximumPacketSize.ts"
import { isCareful, type Wake } from "./Wake.ts"

/** The Server broke the rules, or said no. */
export type AttemptError = DecodeError | PacketTooLarge | ConnectionRefused.ConnectionRefused

export interface Attempt {
  readonly wake: Wake
  readonly packets: Incoming.Incoming
  /** What ended the attempt; nothing that comes after it counts. */
  broken: AttemptError | undefined
  /** What follows CONNECT was written. */
  isOpen: boolean
  /** CONNACK with return code 0 has arrived. */
  accepted: boolean
  /** Everything owed was delivered, but for what is held back, before anything went wrong. */
  isReached: boolean
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
export const make = (wake: Wake): Attempt => ({
  wake,
  packets: Incoming.make(maximumPacketSize),
  broken: undefined,
  isOpen: false,
  accepted: false,
  isReached: false,
  sessionPresent: false,
  subscription: "none",
  filters: 0,
  update: ConfigUpdate.begin(wake.config.mqtt, wake.config.version, wake.config),
  tooLarge: undefined,
  replies: Outgoing.none,
  commands: [],
  delivered: 0,
  told: 0,
  sent: [],
  unexpected: undefined
})

const setSession = (wake: Wake, session: Session.Session): void => {
  wake.state = patch(wake.state, { session })
}

/**
 * A try that follows a failure does not ask for the configuration: whatever that may hold, the data gets through. Where
 * the connections may have ended on the data, every other try does, or no configuration could mend that.
 */
export const wantedTopics = (wake: Wake): ReadonlyArray<string> => {
  const { config, isReplaced, state } = wake
  const { attemptCount } = state.reconnect
  const isAfterFailure = attemptCount > 1 && (state.suspects.length === 0 || attemptCount % 2 === 0)
  const isLeftOut = config.deepSleep && isAfterFailure || isCareful(wake) || isReplaced
  return withCommands(config, isLeftOut ? [] : ConfigUpdate.topics(config.mqtt))
}

/** Everything that was given a Packet Identifier for now is acknowledged, and more is owed. */
export const hasRoom = ({ journal, outbox, session }: DeviceState.DeviceState, held: ReadonlyArray<number>): boolean =>
  (outbox.entries[held.length] !== undefined || journal > 0) &&
  !session.inFlight.some(({ entry }) => entry > 0 && held.indexOf(entry) < 0)

/** What is in flight and was not yet written on this connection; it counts as written from now on, and as sent. */
const publish = (attempt: Attempt): Outgoing.Outgoing => {
  const { wake } = attempt
  const { held } = wake
  const { outbox, session } = wake.state
  let packets = Outgoing.none
  // In the order of the Outbox: what was held back once has its Packet Identifier later than what came after it.
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
  return Outgoing.join(packets, Outgoing.subscribe(borrowed.lastIdentifier, topics as ReadonlyArray<TopicFilter>))
}

/**
 * Everything that can be said at once: CONNECT, what we owe, SUBSCRIBE to the configuration. A Client need not wait for
 * CONNACK (MQTT 3.1.1, 3.1.4), and a Server that refuses the connection has processed none of it. Some Servers close on
 * what comes before their CONNACK: to them CONNECT goes alone.
 */
export const open = (attempt: Attempt): Outgoing.Outgoing => {
  const { wake } = attempt
  const { config, state } = wake
  const packets = Outgoing.connect(config.mqtt)
  // What an earlier connection waited for is not to be answered on this one. Usually there is nothing of it.
  const session = Session.disconnected(state.session)
  if (session !== state.session) setSession(wake, session)
  return state.connectAlone > 0 ? packets : Outgoing.join(packets, request(attempt))
}

/** What is to be sent now: answers to the Server; then what follows CONNECT, or what has come to be in flight since. */
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

/** The connection has ended in a way from which there is something to learn (`ConnectionEnd`). */
export const isUnusual = ({ accepted, delivered, wake, sent, told, unexpected }: Attempt): boolean =>
  !accepted || unexpected !== undefined || delivered > told || wake.state.connectAlone > 0 || sent[0] !== undefined

/** Everything owed has been acknowledged, but for what is held back, or rests in the journal. */
export const isDelivered = ({ accepted, isOpen, wake }: Attempt): boolean =>
  accepted && isOpen && !wake.state.outbox.entries[wake.held.length] &&
  (wake.state.journal === 0 || wake.isResting === true)

/** Everything owed has been delivered, but for what is held back. */
export const reached = (attempt: Attempt): void => {
  const { delivered, sessionPresent, wake } = attempt
  attempt.isReached = true
  wake.emit({ _tag: "Connected", sessionPresent })
  wake.emit({ _tag: "Delivered", count: delivered, owed: DeviceState.owed(wake.state) })
  attempt.told = delivered
}

/**
 * Nothing more is to be waited for of a configuration: it is there, or will not come. Not where the attempt was ended:
 * that counts first.
 */
export const isConfigSettled = ({ broken, subscription, tooLarge, update }: Attempt): boolean =>
  broken === undefined &&
  (tooLarge !== undefined || subscription === "refused" ||
    subscription === "granted" && !ConfigUpdate.isWaiting(update))
