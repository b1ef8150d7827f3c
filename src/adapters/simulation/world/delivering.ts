/**
 * How a simulated Server gives messages to its clients: who gets one, what waits, what is sent again.
 */
import * as Bytes from "../../../domain/bytes/Bytes.ts"
import * as Session from "../../../domain/delivery/Session.ts"
import * as Topic from "../../../domain/packet/Topic.ts"
import type { ClientSession, Details, Kept, Link, Message, Sent, Server } from "./ServerState.ts"

export const write = (link: Link, packet: Sent, at: number): void => link.send(link.codec.encode(packet), at)

/** Undefined: its time is over (MQTT 5, 3.3.2.3.3). Otherwise with the time that is left. */
const fresh = <M extends Kept>(message: M, at: number): M | undefined => {
  const interval = message.properties?.messageExpiryInterval
  if (interval === undefined) return message
  const left = interval - Math.floor((at - message.at) / 1_000)
  return left <= 0 ? undefined : { ...message, properties: { ...message.properties, messageExpiryInterval: left } }
}

/** Sends what is pending and has no Packet Identifier yet, as far as the client takes it. */
const sendPending = (session: ClientSession, at: number): void => {
  const { link } = session
  const limit = link?.connect?.receiveMaximum ?? Session.maximumIdentifier
  if (link === undefined || session.acknowledgement.inFlight.length >= session.pending.size) return
  for (const [entry, kept] of session.pending) {
    if (session.acknowledgement.inFlight.length >= limit) return
    if (Session.isInFlight(session.acknowledgement, entry)) continue
    const message = fresh(kept, at)
    const assigned = message === undefined ? undefined : Session.publish(session.acknowledgement, entry)
    if (message === undefined || assigned === undefined) {
      session.pending.delete(entry)
      continue
    }
    session.acknowledgement = Session.sent(assigned.session, [])
    const { payload, properties, qos, retain, topic } = message
    const { packetIdentifier } = assigned
    write(link, { _tag: "Publish", topic, payload, qos, retain, dup: false, packetIdentifier, properties }, at)
  }
}

const deliver = (session: ClientSession, message: Kept, qos: 0 | 1 | 2, at: number): void => {
  if (qos > 0) {
    session.pending.set(session.nextPending++, { ...message, qos })
    return sendPending(session, at)
  }
  if (session.link === undefined) return
  const { payload, properties, retain, topic } = message
  write(
    session.link,
    { _tag: "Publish", topic, payload, qos: 0, retain, dup: false, packetIdentifier: undefined, properties },
    at
  )
}

const isShared = (filter: string): boolean => filter.startsWith("$share/")

/** What a Shared Subscription asks for: `$share/group/filter`. */
const filterOf = (filter: string): Topic.TopicFilter =>
  (isShared(filter) ? filter.slice(filter.indexOf("/", "$share/".length) + 1) : filter) as Topic.TopicFilter

interface Match extends Details {
  readonly filter: string
  readonly qos: 0 | 1 | 2
}

const matchesOf = (session: ClientSession, message: Message): ReadonlyArray<Match> => {
  const found: Array<Match> = []
  for (const [filter, granted] of session.subscriptions) {
    if (!Topic.matches(filterOf(filter), message.topic)) continue
    found.push({ ...session.details.get(filter), filter, qos: Math.min(granted, message.qos) as 0 | 1 | 2 })
  }
  return found
}

/** As one message, whichever filters match: with the highest QoS (3.3.5), and their identifiers. */
const deliverOnce = (session: ClientSession, message: Kept, matches: ReadonlyArray<Match>, at: number): void => {
  const subscriptionIdentifiers = matches.flatMap(({ identifier }) => identifier === undefined ? [] : [identifier])
  const properties = subscriptionIdentifiers.length === 0 ? message.properties
    : { ...message.properties, subscriptionIdentifiers }
  const retain = message.retain && matches.some(({ retainAsPublished }) => retainAsPublished === true)
  const qos = Math.max(...matches.map((each) => each.qos)) as 0 | 1 | 2
  deliver(session, { ...message, retain, properties }, qos, at)
}

/** One member of each group gets the message, in turn; one that is connected, if there is any. */
const deliverShared = (
  server: Server,
  groups: ReadonlyMap<string, ReadonlyArray<readonly [ClientSession, Match]>>,
  message: Kept,
  at: number
): void => {
  for (const [filter, members] of groups) {
    const connected = members.filter(([session]) => session.link !== undefined)
    const able = connected.length > 0 ? connected : members
    const turn = server.turns.get(filter) ?? 0
    server.turns.set(filter, turn + 1)
    const [session, match] = able[turn % able.length] as (typeof able)[number]
    deliverOnce(session, message, [match], at)
  }
}

/** Publishes as the client `from` would: keeps the message if it is retained, and sends it to all subscribers. */
export const publish = (
  server: Server,
  { payload, properties, qos, retain, topic }: Message,
  at: number,
  from?: ClientSession
): void => {
  const message: Kept = { topic, payload, properties, qos, retain, at }
  if (retain) {
    if (Bytes.length(payload) === 0) server.retained.delete(topic)
    else server.retained.set(topic, message)
  }
  const groups = new Map<string, Array<readonly [ClientSession, Match]>>()
  for (const session of server.sessions.values()) {
    const matches = matchesOf(session, message).filter(({ noLocal }) => !(noLocal === true && session === from))
    const own = matches.filter(({ filter }) => !isShared(filter))
    if (own.length > 0) deliverOnce(session, message, own, at)
    for (const match of matches) {
      if (!isShared(match.filter)) continue
      groups.set(match.filter, [...groups.get(match.filter) ?? [], [session, match]])
    }
  }
  deliverShared(server, groups, message, at)
}

/** The retained messages for a subscription. A Shared Subscription gets none (MQTT 5, 4.8.2). */
export const sendRetained = (
  server: Server,
  session: ClientSession,
  topicFilter: string,
  granted: 0 | 1 | 2,
  at: number
) => {
  if (isShared(topicFilter)) return
  const identifier = session.details.get(topicFilter)?.identifier
  for (const kept of server.retained.values()) {
    const message = Topic.matches(topicFilter as Topic.TopicFilter, kept.topic) ? fresh(kept, at) : undefined
    if (message === undefined) continue
    const properties = identifier === undefined ? message.properties
      : { ...message.properties, subscriptionIdentifiers: [identifier] }
    deliver(session, { ...message, retain: true, properties }, Math.min(granted, message.qos) as 0 | 1 | 2, at)
  }
}

const acknowledge = (session: ClientSession, packetIdentifier: number): boolean => {
  const done = Session.acknowledge(session.acknowledgement, "PUBACK", packetIdentifier)
  if (done === undefined) return false
  session.acknowledgement = done.session
  session.pending.delete(done.entry)
  session.released.delete(done.entry)
  return true
}

/** A PUBREC has arrived: from now on the message is not sent again. */
export const received = (
  { acknowledgement, link, released }: ClientSession,
  packetIdentifier: number,
  at: number
): void => {
  const known = acknowledgement.inFlight.find((each) => each.packetIdentifier === packetIdentifier)
  if (known !== undefined) released.add(known.entry)
  if (link !== undefined) write(link, { _tag: "Pubrel", packetIdentifier }, at)
}

/** A PUBACK or PUBCOMP has arrived. */
export const acknowledged = (session: ClientSession, packetIdentifier: number, at: number): void => {
  if (acknowledge(session, packetIdentifier)) sendPending(session, at)
}

/** What the client has not acknowledged, and what has come while it was away. */
export const redeliver = (link: Link, session: ClientSession, at: number): void => {
  for (const { dup, entry, packetIdentifier } of session.acknowledgement.inFlight) {
    const kept = session.pending.get(entry)
    if (kept === undefined) continue
    if (session.released.has(entry)) {
      write(link, { _tag: "Pubrel", packetIdentifier }, at)
      continue
    }
    const message = fresh(kept, at)
    if (message === undefined) {
      acknowledge(session, packetIdentifier)
      continue
    }
    const { payload, properties, qos, retain, topic } = message
    write(link, { _tag: "Publish", topic, payload, qos, retain, dup, packetIdentifier, properties }, at)
  }
  session.acknowledgement = Session.sent(session.acknowledgement, [])
  sendPending(session, at)
}
