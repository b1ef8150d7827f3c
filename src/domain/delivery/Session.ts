/**
 * The acknowledgement state of QoS 1: which Packet Identifier is in use, and what for (MQTT 3.1.1, sections 2.3.1,
 * 4.3.2, 4.4).
 *
 * A PUBLISH is named by the id of its Outbox entry. It keeps its Packet Identifier until it is acknowledged, across
 * connections and deep sleep. SUBSCRIBE and UNSUBSCRIBE use an identifier only for one connection. A receiver of QoS 1
 * needs no state: it answers every PUBLISH with its own identifier. QoS 2 would add, for each direction, the list of
 * identifiers between PUBREC and PUBCOMP beside `inFlight`.
 */
export interface InFlight {
  /** 1 to 65,535. */
  readonly packetIdentifier: number
  /**
   * The Outbox entry; 0 for a SUBSCRIBE or UNSUBSCRIBE; -1 for an entry that was evicted after it had been sent; less:
   * so many of the journal's messages, and one (`flightInPlace`).
   */
  readonly entry: number
  /** It may have reached the network: the next time it is sent, it must have DUP 1 (MQTT-3.3.1-1). */
  readonly dup: boolean
}

export interface Session {
  /** In the order of sending, which is the order of redelivery (MQTT-4.6.0-1). */
  readonly inFlight: ReadonlyArray<InFlight>
  readonly lastIdentifier: number
}

export const empty: Session = { inFlight: [], lastIdentifier: 0 }

/** Whether this Outbox entry has a Packet Identifier. */
export const isInFlight = ({ inFlight }: Session, id: number): boolean => inFlight.some(({ entry }) => entry === id)

/** The largest Packet Identifier. */
export const maximumIdentifier = 65535

/**
 * A Session in which `entry` gets the next Packet Identifier. It continues after the last one, so that a late
 * acknowledgement seldom meets an identifier that is in use again.
 */
const allocate = (session: Session, entry: number): Session | undefined => {
  const { inFlight } = session
  if (inFlight.length >= maximumIdentifier) return undefined
  let packetIdentifier = session.lastIdentifier
  for (let isTaken = true; isTaken;) {
    packetIdentifier = packetIdentifier >= maximumIdentifier ? 1 : packetIdentifier + 1
    isTaken = false
    for (const known of inFlight) if (known.packetIdentifier === packetIdentifier) isTaken = true
  }
  return { inFlight: inFlight.concat([{ packetIdentifier, entry, dup: false }]), lastIdentifier: packetIdentifier }
}

interface Identified {
  readonly session: Session
  readonly packetIdentifier: number
}

const identified = (session: Session | undefined): Identified | undefined =>
  session && { session, packetIdentifier: session.lastIdentifier }

/**
 * The Session in which these Outbox entries have a Packet Identifier each, in their order, until `window` are in
 * flight. Entries that are `held` back get none now; if they have one already, they do not count in the window.
 */
export const assign = (
  session: Session,
  entries: ReadonlyArray<{ readonly id: number }>,
  window: number,
  held: ReadonlyArray<number>
): Session => {
  const most = window + held.length
  let assigned = session
  for (const { id } of entries) {
    if (assigned.inFlight.length >= most) break
    let isKnown = held.indexOf(id) >= 0
    for (const { entry } of assigned.inFlight) if (entry === id) isKnown = true
    if (!isKnown) assigned = allocate(assigned, id) ?? assigned
  }
  return assigned
}

/**
 * The Packet Identifier for an Outbox entry: the one it has, or a fresh one that no packet in flight uses.
 * `undefined` when all 65,535 are in flight.
 */
export const publish = (session: Session, entry: number): Identified | undefined => {
  for (const known of session.inFlight) {
    if (known.entry === entry) return { session, packetIdentifier: known.packetIdentifier }
  }
  return identified(allocate(session, entry))
}

/** A Packet Identifier for a SUBSCRIBE or UNSUBSCRIBE, now the `lastIdentifier`; `undefined` when all are in flight. */
export const borrow = (session: Session): Session | undefined => allocate(session, 0)

/** Everything in flight that is not `held` back is about to be written to the network. */
export const sent = (session: Session, held: ReadonlyArray<number>): Session => {
  const isNew = ({ dup, entry }: InFlight) => !dup && entry > -2 && held.indexOf(entry) < 0
  const { inFlight, lastIdentifier } = session
  if (!inFlight.some(isNew)) return session
  const asSent = (each: InFlight): InFlight =>
    isNew(each) ? { packetIdentifier: each.packetIdentifier, entry: each.entry, dup: true } : each
  return { inFlight: inFlight.map(asSent), lastIdentifier }
}

/** The Session without the acknowledged packet, and the Outbox entry that belongs to it. */
export interface Acknowledged {
  readonly session: Session
  readonly entry: number
}

/**
 * Takes an acknowledgement. Returns the Outbox entry that is now delivered, 0 for a SUBACK or UNSUBACK, -1 for an
 * evicted entry. Undefined: nothing waits for it, or something that needs another kind of packet (MQTT-4.3.2-1,
 * MQTT-3.8.4-2). Then it changes nothing: Servers that acknowledge twice are common, and the rest of what they send
 * counts.
 */
export const acknowledge = (
  session: Session,
  packet: "PUBACK" | "SUBACK" | "UNSUBACK",
  packetIdentifier: number
): Acknowledged | undefined => {
  const inFlight: Array<InFlight> = []
  let found: InFlight | undefined
  for (const known of session.inFlight) {
    if (known.packetIdentifier === packetIdentifier) found = known
    else inFlight.push(known)
  }
  if (found === undefined || found.entry < -1 || (found.entry === 0) === (packet === "PUBACK")) return undefined
  return { session: { inFlight, lastIdentifier: session.lastIdentifier }, entry: found.entry }
}

/**
 * The connection has ended, and with it every SUBSCRIBE or UNSUBSCRIBE that waits. Pending PUBLISH packets stay in
 * flight.
 */
export const disconnected = (session: Session): Session => {
  const { inFlight, lastIdentifier } = session
  const published = inFlight.filter(({ entry }) => entry > 0 || entry < -1)
  return published.length < inFlight.length ? { inFlight: published, lastIdentifier } : session
}

/** The Server said Session Present = 0: nothing is in flight any more. The Outbox keeps its messages. */
export const lost = (session: Session): Session => ({ inFlight: [], lastIdentifier: session.lastIdentifier })

/**
 * An entry left the Outbox without its acknowledgement. If it was never sent, its identifier is free at once. Otherwise
 * the Server may still acknowledge it, and this is no mistake: the identifier stays in use until then (2.3.1), or until
 * the connection ends.
 */
export const release = (session: Session, entry: number): Session => {
  const { inFlight, lastIdentifier } = session
  for (const released of inFlight) {
    if (released.entry !== entry) continue
    if (!released.dup) return { inFlight: inFlight.filter((known) => known !== released), lastIdentifier }
    return { inFlight: inFlight.map((known) => known === released ? { ...known, entry: -1 } : known), lastIdentifier }
  }
  return session
}
