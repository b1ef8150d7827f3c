/**
 * What follows from one read from the network: plain code between two waits.
 */
import * as Effect from "effect/Effect"
import type * as Handshake from "../../domain/delivery/Handshake.ts"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import * as Receipts from "../../domain/delivery/Receipts.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as FixedHeader from "../../domain/packet/FixedHeader.ts"
import type * as Oversized from "../../domain/packet/Oversized.ts"
import type { ProtocolViolation } from "../../domain/packet/PacketError.ts"
import * as Pubcomp from "../../domain/packet/Pubcomp.ts"
import * as Violation from "../../domain/packet/Violation.ts"
import { accept } from "./accept.ts"
import * as Arrived from "./arrived.ts"
import * as Core from "./Core.ts"
import type * as Dialect from "./Dialect.ts"
import * as Link from "./Link.ts"
import type { LinkError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import type * as ExchangeState from "./ExchangeState.ts"
import * as Inbox from "./Inbox.ts"
import * as Keeping from "./Keeping.ts"
import * as Notice from "./Notice.ts"
import * as Outgoing from "./Outgoing.ts"
import * as PacketDeadline from "./PacketDeadline.ts"
import * as Requests from "./Requests.ts"
import { stranger } from "./stranger.ts"
import * as Subscriptions from "./Subscriptions.ts"

/** A Server may send so many more unexpected acknowledgements than expected ones. */
const maxUnexpected = 1_000

/**
 * An acknowledgement that nobody waits for, or a second one, does no harm: it is ignored, and reported once for each
 * connection. If a Server sends nothing else, the connection is closed.
 */
const unexpected = (
  core: Core.Core,
  link: Link.Link,
  packet: Violation.AnyAnswerName,
  packetIdentifier?: number
): ProtocolViolation | undefined => {
  link.unexpected++
  if (link.unexpected > maxUnexpected) return Violation.tooManyUnexpected(packet, packetIdentifier, link.unexpected)
  if (link.hasToldUnexpected) return undefined
  link.hasToldUnexpected = true
  const what = Violation.unexpectedAnswer(packet, packetIdentifier)
  const message = `${core.settings.server} has sent a ${what}; it is ignored, and so are others on this connection`
  Notice.tell(core.notices, { _tag: "UnexpectedAcknowledgement", packet, packetIdentifier, message })
  return undefined
}

const acknowledged = (link: Link.Link): undefined => {
  if (link.unexpected > 0) link.unexpected--
}

const answered = (core: Core.Core, link: Link.Link, packet: ExchangeState.Answer): ProtocolViolation | undefined => {
  const result = Requests.answer(core.exchange, packet)
  if (result !== "unexpected") return result === "taken" ? acknowledged(link) : result
  return unexpected(core, link, packet._tag === "Suback" ? "SUBACK" : "UNSUBACK", packet.packetIdentifier)
}

const names = { Puback: "PUBACK", Pubrec: "PUBREC", Pubcomp: "PUBCOMP" } as const satisfies Record<
  Dialect.Acknowledged["_tag"],
  Handshake.Awaited
>

/** With MQTT 5: the sender of this answer knows nothing of the Packet Identifier (3.6.2.1, 3.7.2.1). */
const identifierNotFound = 0x92

/** A Server that still waits for the PUBREL of a message that this Client has forgotten gets it, and forgets it, too. */
const taken = (core: Core.Core, link: Link.Link, packet: Dialect.Acknowledged): ProtocolViolation | undefined => {
  const { _tag, packetIdentifier, refused } = packet
  const name = names[_tag]
  if (Exchange.acknowledge(core.exchange, name, packetIdentifier, link.send, refused)) return acknowledged(link)
  if (_tag === "Pubrec" && refused === undefined && !Exchange.isInUse(core.exchange, packetIdentifier)) {
    link.send({ _tag: "Pubrel", packetIdentifier, reasonCode: identifierNotFound })
  }
  return unexpected(core, link, name, packetIdentifier)
}

/** A PUBREL is always answered: the Server sends it again until it is (MQTT-4.3.3-2). */
const released = (core: Core.Core, link: Link.Link, packetIdentifier: number): LinkError | undefined => {
  const { keeping } = core
  const isKnown = Receipts.release(core.receipts, packetIdentifier)
  if (keeping !== undefined && isKnown) Keeping.note(keeping, { _tag: "Freed", packetIdentifier })
  link.send(isKnown ? Pubcomp.make(packetIdentifier)
    : { _tag: "Pubcomp", packetIdentifier, reasonCode: identifierNotFound })
  if (!link.unreleased.delete(packetIdentifier)) link.unacknowledged++
  Outgoing.onWritten(link.outgoing, () => {
    link.unacknowledged--
  })
  return Arrived.excess(link)
}

const pong = (core: Core.Core, link: Link.Link): ProtocolViolation | undefined => {
  const waiting = link.pings.shift()
  if (waiting === undefined) return unexpected(core, link, "PINGRESP")
  link.unanswered = 0
  acknowledged(link)
  waiting(Effect.void)
  return undefined
}

/** A message that is too large was skipped; the Server must not send it again and again. */
const skipped = (core: Core.Core, packet: Oversized.Oversized): undefined => {
  const { maximum, packetIdentifier, size, topic } = packet
  const named = topic === undefined ? "a message" : `a message to ${topic}`
  const what =
    `${core.settings.server} has sent ${named} of ${size} bytes, more than maximumPacketSize (${maximum}): it was skipped`
  const message = packetIdentifier === undefined ? what : what + " and acknowledged"
  Notice.tell(core.notices, { _tag: "OversizedMessage", topic, packetIdentifier, size, maximum, message })
}

/** What a packet changes. Messages are collected in `arrived`; `now` in milliseconds. */
const receive = (
  core: Core.Core,
  link: Link.Link,
  packet: Dialect.Got | Oversized.Oversized,
  arrived: Arrived.Arrived,
  now: number
): LinkError | undefined => {
  if (packet._tag === "Auth") {
    link.send(packet)
    return undefined
  }
  if (packet._tag === "Authenticated") {
    for (const authenticated of link.authenticating.splice(0)) authenticated(Effect.void)
    return undefined
  }
  if (link.accepted === (packet._tag === "Connack")) return Violation.unexpectedPacket(packet._tag, link.accepted)
  switch (packet._tag) {
    case "Publish":
      Arrived.add(core, arrived, packet)
      return undefined
    case "Oversized":
      Arrived.skip(core, arrived, packet)
      return skipped(core, packet)
    case "Puback":
    case "Pubrec":
    case "Pubcomp":
      return taken(core, link, packet)
    case "Pubrel":
      return released(core, link, packet.packetIdentifier)
    case "Suback":
    case "Unsuback":
      return answered(core, link, packet)
    case "Pingresp":
      return pong(core, link)
    case "Connack":
      if (packet.returnCode !== 0) return link.dialect.refused(packet)
      accept(core, link, packet, now)
      return undefined
  }
}

/** First byte of AUTH: a Server of MQTT 5 may ask for more before its CONNACK (MQTT 5, 4.12). */
const auth = 0xf0

/**
 * Text of another protocol can look like the beginning of a long packet: the Client would wait for its end for ever.
 */
const foreign = (core: Core.Core, link: Link.Link, chunk: Bytes.Bytes): ProtocolViolation | undefined => {
  const first = Bytes.at(chunk, 0)
  if (first === FixedHeader.connack || (link.dialect.version === 5 && first === auth)) return undefined
  return Violation.noConnack(core.settings.server, stranger(chunk))
}

const takeAll = (core: Core.Core, link: Link.Link, chunk: Bytes.Bytes, now: number): LinkError | undefined => {
  // The content of a skipped message is not kept.
  const before = link.framer.oversized === undefined ? link.framer.received : 0
  const isFirst = !link.accepted && link.framer.received === 0
  if (isFirst && stranger(chunk) !== undefined) return foreign(core, link, chunk)
  const pushed = link.dialect.push(link.framer, chunk)
  const arrived = Arrived.make()
  let failure: LinkError | undefined
  link.framer = pushed.framer
  link.keepAlive = KeepAlive.received(link.keepAlive)
  core.heardAt = now
  core.quietTopic = undefined
  link.pace = PacketDeadline.received(link.pace, pushed, now)
  for (const packet of pushed.packets) {
    failure = receive(core, link, packet, arrived, now)
    if (failure !== undefined) break
  }
  const { messages, skipped } = arrived
  if (messages.length + skipped.length > 0) {
    failure ??= Arrived.countAll(core, link, arrived)
    // A reader of one topic sees it here, before a slow handler can delay it.
    const tapped = Subscriptions.tap(core.subscriptions, messages)
    const { acknowledge, drop, hold } = Arrived.acknowledger(core, link, arrived)
    Inbox.put(core.inbox, { messages, bytes: before + Bytes.length(chunk), tapped, acknowledge, hold, drop })
  }
  return failure ?? pushed.failure ?? (isFirst && !link.accepted ? foreign(core, link, chunk) : undefined)
}

/**
 * What one read has brought. Everything that is sent because of it at once, by the Client or by those who waited for
 * it, leaves in one write.
 */
export const takeIn = (core: Core.Core, link: Link.Link, chunk: Bytes.Bytes, now: number): LinkError | undefined => {
  Outgoing.hold(link.outgoing)
  const failure = takeAll(core, link, chunk, now)
  Outgoing.release(link.outgoing)
  return failure
}
