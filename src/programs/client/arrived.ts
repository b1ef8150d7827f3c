/**
 * The messages of one read from the network, and how they are acknowledged: in their order, each when somebody has taken
 * it, and those of QoS 2 handed over once.
 */
import * as Receipts from "../../domain/delivery/Receipts.ts"
import type * as Oversized from "../../domain/packet/Oversized.ts"
import * as Acknowledgements from "./Acknowledgements.ts"
import type * as Core from "./Core.ts"
import * as Dialect from "./Dialect.ts"
import type { LinkError } from "./errors.ts"
import * as Keeping from "./Keeping.ts"
import type * as InboxState from "./InboxState.ts"
import * as Link from "./Link.ts"
import * as Notice from "./Notice.ts"

type ReceivedPublish = Extract<Dialect.Got, { readonly _tag: "Publish" }>

/** What is acknowledged and handed to nobody: it was too large, or it is the repetition of another one. */
interface Skipped {
  readonly packetIdentifier: number
  readonly qos: 1 | 2
  /** How many messages came before it. */
  readonly before: number
  /** With QoS 2: the message that it repeats, or itself. */
  readonly receipt: Receipts.Receipt | undefined
}

export interface Arrived {
  readonly messages: Array<ReceivedPublish>
  /** Of the messages with QoS 2, by their index. */
  readonly receipts: Map<number, Receipts.Receipt>
  readonly skipped: Array<Skipped>
}

export const make = (): Arrived => ({ messages: [], receipts: new Map(), skipped: [] })

const identifierOf = ({ packetIdentifier }: ReceivedPublish): number => packetIdentifier as number

/** The receipt of a message that is new; of another one with this Packet Identifier nothing counts any more. */
const arrive = ({ keeping, receipts }: Core.Core, packetIdentifier: number, dup: boolean) => {
  const isTaken = Receipts.find(receipts, packetIdentifier)?.isTaken === true
  const receipt = Receipts.arrive(receipts, packetIdentifier, dup)
  if (receipt !== undefined && isTaken && keeping !== undefined) {
    Keeping.note(keeping, { _tag: "Freed", packetIdentifier })
  }
  return receipt
}

/** A message has come. */
export const add = (core: Core.Core, arrived: Arrived, packet: ReceivedPublish): void => {
  const { receipts } = core
  const { messages, skipped } = arrived
  if (packet.qos < 2) {
    messages.push(packet)
    return
  }
  const packetIdentifier = identifierOf(packet)
  const receipt = arrive(core, packetIdentifier, packet.dup)
  if (receipt === undefined) {
    skipped.push({
      packetIdentifier,
      qos: 2,
      before: messages.length,
      receipt: Receipts.find(receipts, packetIdentifier)
    })
    return
  }
  arrived.receipts.set(messages.length, receipt)
  messages.push(packet)
}

/** A message has come that is too large: nobody will take it. */
export const skip = (core: Core.Core, { messages, skipped }: Arrived, packet: Oversized.Oversized): void => {
  const { packetIdentifier, qos = 1 } = packet
  if (packetIdentifier === undefined) return
  const receipt = qos === 2 ? arrive(core, packetIdentifier, true) : undefined
  if (receipt !== undefined) receipt.isTaken = true
  skipped.push({ packetIdentifier, qos, before: messages.length, receipt })
}

/** The parts of one connection that acknowledge. */
const answering = (core: Core.Core, link: Link.Link) => {
  const { acknowledgements } = link
  /** Only on the connection that brought the message: a new one has its own PUBLISH for it. */
  const isHere = () => core.link === link
  const counted = (answer: () => void) => () => {
    if (!isHere()) return
    const before = acknowledgements.sent
    answer()
    Link.countWritten(link, before)
  }
  const takeSkipped = ({ packetIdentifier, qos, receipt }: Skipped) => {
    if (!isHere()) return
    if (receipt === undefined || receipt.isTaken) return Acknowledgements.take(acknowledgements, packetIdentifier, qos)
    receipt.waiting.push(counted(Acknowledgements.hold(acknowledgements, packetIdentifier, qos)))
  }
  const takeReceipt = (receipt: Receipts.Receipt) => {
    const { keeping, receipts } = core
    const { packetIdentifier } = receipt
    if (keeping !== undefined && Receipts.isKnown(receipts, receipt)) {
      Keeping.note(keeping, { _tag: "Taken", packetIdentifier })
    }
    Receipts.take(receipt)
  }
  const take = ({ packetIdentifier, qos }: ReceivedPublish, receipt: Receipts.Receipt | undefined) => {
    if (receipt !== undefined) takeReceipt(receipt)
    if (qos > 0 && isHere()) Acknowledgements.take(acknowledgements, packetIdentifier as number, qos as 1 | 2)
  }
  return { isHere, counted, takeReceipt, takeSkipped, take }
}

/** How the messages of a read are acknowledged. */
export const acknowledger = (
  core: Core.Core,
  link: Link.Link,
  { messages, receipts, skipped }: Arrived
): Pick<InboxState.Read, "acknowledge" | "hold" | "drop"> => {
  const { acknowledgements } = link
  const { counted, isHere, take, takeReceipt, takeSkipped } = answering(core, link)
  let next = 0
  let nextSkipped = 0
  const takeSkippedBefore = () => {
    for (; (skipped[nextSkipped]?.before ?? Infinity) <= next; nextSkipped++) {
      takeSkipped(skipped[nextSkipped] as Skipped)
    }
  }
  const acknowledge = (count: number): void => {
    if (receipts.size === 0 && !isHere()) return
    const before = acknowledgements.sent
    for (; next < count; next++) {
      if (skipped.length > 0) takeSkippedBefore()
      const message = messages[next]
      if (message !== undefined) take(message, receipts.get(next))
    }
    if (skipped.length > 0) takeSkippedBefore()
    if (isHere()) Link.countWritten(link, before)
  }
  const hold = (index: number) => {
    const message = messages[index]
    const receipt = receipts.get(index)
    if (message === undefined || message.qos === 0 || (receipt === undefined && !isHere())) return undefined
    next = index + 1
    const answer = isHere()
      ? counted(Acknowledgements.hold(acknowledgements, identifierOf(message), message.qos)) : undefined
    return (isTaken = true) => {
      if (receipt !== undefined && !isTaken) return Receipts.drop(core.receipts, receipt)
      if (receipt !== undefined) takeReceipt(receipt)
      if (isTaken) answer?.()
    }
  }
  const drop = (from: number) => {
    for (const [index, receipt] of receipts) if (index >= from) Receipts.drop(core.receipts, receipt)
  }
  return { acknowledge, hold, drop }
}

/** Counts a message of QoS 1 or 2 once on this connection, whose answer the network has not taken yet. */
const count = (link: Link.Link, qos: 0 | 1 | 2, packetIdentifier: number | undefined): void => {
  if (qos === 0) return
  if (qos === 2) {
    if (link.unreleased.has(packetIdentifier as number)) return
    link.unreleased.add(packetIdentifier as number)
  }
  link.unacknowledged++
}

/** Why there are too many answers that the network has not taken. */
export const excess = ({ dialect, unacknowledged }: Link.Link): LinkError | undefined =>
  unacknowledged <= 2 * Dialect.maximumReceive ? undefined : dialect.tooMany(unacknowledged)

/**
 * In MQTT 5 the Client may allow fewer than there are Packet Identifiers. Mosquitto 2.0 sends more all the same: it would
 * do so on the next connection, too, so the Client takes them, and reports it once for each connection.
 */
const tellExcess = ({ notices, settings: { server } }: Core.Core, link: Link.Link): void => {
  const { dialect: { receiveMaximum }, unacknowledged } = link
  if (link.hasToldExcess || unacknowledged <= 2 * receiveMaximum) return
  link.hasToldExcess = true
  const message = `${server} has sent ${unacknowledged} messages of QoS 1 and 2 that are not acknowledged, though `
    + `receiveMaximum is ${receiveMaximum} (MQTT-3.3.4-9): the Client takes them, as far as receiveBufferBytes allows`
  Notice.tell(notices, { _tag: "ReceiveMaximumExceeded", unacknowledged, receiveMaximum, message })
}

/**
 * There are 65,535 Packet Identifiers, and a Server may use none again before it has the PUBACK or PUBCOMP
 * (MQTT-2.3.1-4). The Server may already have the answers that are just being written: so up to twice as many are right,
 * and a Server that does not read cannot make the Client keep more.
 */
export const countAll = (core: Core.Core, link: Link.Link, { messages, skipped }: Arrived): LinkError | undefined => {
  for (const { packetIdentifier, qos } of messages) count(link, qos, packetIdentifier)
  for (const { packetIdentifier, qos } of skipped) count(link, qos, packetIdentifier)
  tellExcess(core, link)
  return excess(link)
}
