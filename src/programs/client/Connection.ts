/**
 * One Network Connection, from TCP connect to its end.
 *
 * Four fibers live as long as it: the reader, the writer, Keep Alive, and the renewal of subscriptions. The first to fail
 * ends it. All work on packets is plain code between two waits for the network.
 */
import { isReadonlyArrayNonEmpty } from "effect/Array"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as ConnectionRefused from "../../domain/ConnectionRefused.ts"
import * as KeepAlive from "../../domain/KeepAlive.ts"
import * as Bytes from "../../domain/packet/Bytes.ts"
import * as FixedHeader from "../../domain/packet/FixedHeader.ts"
import * as Framer from "../../domain/packet/Framer.ts"
import type * as Oversized from "../../domain/packet/Oversized.ts"
import { PacketTooLarge, ProtocolViolation } from "../../domain/packet/PacketError.ts"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import * as Puback from "../../domain/packet/Puback.ts"
import * as ServerPacket from "../../domain/packet/ServerPacket.ts"
import { type Connection, Socket, type SocketError } from "../../ports/Socket.ts"
import * as Core from "./Core.ts"
import type { LinkError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import * as Inbox from "./Inbox.ts"
import * as Outgoing from "./Outgoing.ts"
import * as Pace from "./Pace.ts"
import { renew } from "./subscribe.ts"
import * as Subscriptions from "./Subscriptions.ts"

type ReceivedPublish = Extract<ServerPacket.ServerPacket, { readonly _tag: "Publish" }>

const pong = (link: Core.Link): ProtocolViolation | undefined => {
  const waiting = link.pings.shift()
  if (waiting === undefined) {
    return new ProtocolViolation({ packet: "PINGRESP", clause: "3.13", message: "PINGRESP without a PINGREQ that is waiting for it" })
  }
  link.unanswered = 0
  waiting(Effect.void)
  return undefined
}

/** What a packet changes. Messages are collected in `arrived`; `now` in milliseconds. */
const receive = (
  core: Core.Core,
  link: Core.Link,
  packet: ServerPacket.ServerPacket | Oversized.Oversized,
  arrived: Array<ReceivedPublish>,
  now: number
): LinkError | undefined => {
  if (link.accepted === (packet._tag === "Connack")) {
    const name = packet._tag === "Oversized" ? "PUBLISH" : packet._tag.toUpperCase()
    return link.accepted
      ? new ProtocolViolation({ packet: name, clause: "3.2", message: "a second CONNACK on one connection" })
      : new ProtocolViolation({ packet: name, clause: "MQTT-3.2.0-1", message: `${name} before CONNACK` })
  }
  switch (packet._tag) {
    case "Publish":
      arrived.push(packet)
      return undefined
    case "Oversized": {
      const { maximum, size } = packet
      return new PacketTooLarge({ size, maximum, message: `packet has ${size} bytes; we take at most ${maximum}` })
    }
    case "Puback":
      return Exchange.acknowledge(core.exchange, packet.packetIdentifier, link.send)
    case "Suback":
    case "Unsuback":
      return Exchange.answer(core.exchange, packet)
    case "Pingresp":
      return pong(link)
    case "Connack":
      if (packet.returnCode !== 0) return ConnectionRefused.make(packet.returnCode)
      Core.accept(core, link, packet.sessionPresent, now)
      return undefined
  }
}

/** Acknowledges on the connection that the messages came by, and on no other: a new one has its own Packet Identifiers. */
const acknowledger = (core: Core.Core, link: Core.Link, messages: ReadonlyArray<ReceivedPublish>) => {
  let next = 0
  return (count: number): void => {
    if (core.link !== link) return
    let pubacks = 0
    for (; next < count; next++) {
      const identifier = messages[next]?.packetIdentifier
      if (identifier === undefined) continue
      link.send(Puback.make(identifier))
      pubacks++
    }
    if (pubacks > 0) Outgoing.onWritten(link.outgoing, () => { link.unacknowledged -= pubacks })
  }
}

/**
 * There are 65,535 Packet Identifiers, and a Server may use none again before it has our PUBACK (MQTT-2.3.1-4). It may have
 * those that we are just writing: so no more than twice as many are right, and a Server that does not read cannot make us
 * keep more.
 */
const mostUnacknowledged = 2 * 65_535

const count = (link: Core.Link, messages: ReadonlyArray<ReceivedPublish>): ProtocolViolation | undefined => {
  for (const { qos } of messages) link.unacknowledged += qos
  if (link.unacknowledged <= mostUnacknowledged) return undefined
  const message = `PUBLISH has a Packet Identifier that is in use: ${link.unacknowledged} messages are not acknowledged (MQTT 3.1.1, MQTT-2.3.1-4)`
  return new ProtocolViolation({ packet: "PUBLISH", clause: "MQTT-2.3.1-4", message })
}

/** Text of another protocol can look like the beginning of a long packet: who waited for its end would wait for ever. */
const foreign = (core: Core.Core, chunk: Bytes.Bytes): ProtocolViolation | undefined => {
  if (Bytes.at(chunk, 0) === FixedHeader.connack) return undefined
  const message = `${core.settings.server} does not answer with CONNACK: is there an MQTT Server?`
  return new ProtocolViolation({ packet: "packet", clause: "MQTT-3.2.0-1", message })
}

const takeAll = (core: Core.Core, link: Core.Link, chunk: Bytes.Bytes, now: number): LinkError | undefined => {
  const before = link.framer.received
  const isFirst = !link.accepted && before === 0
  const pushed = Framer.push(link.framer, chunk, ServerPacket.decode)
  const arrived: Array<ReceivedPublish> = []
  let failure: LinkError | undefined
  link.framer = pushed.framer
  link.keepAlive = KeepAlive.received(link.keepAlive)
  link.pace = Pace.received(link.pace, pushed, now)
  for (const packet of pushed.packets) {
    failure = receive(core, link, packet, arrived, now)
    if (failure !== undefined) break
  }
  if (isReadonlyArrayNonEmpty(arrived)) {
    failure ??= count(link, arrived)
    // Who reads one topic sees it here, before a slow handler is in the way.
    const tapped = Subscriptions.tap(core.subscriptions, arrived)
    const bytes = before + Bytes.length(chunk)
    Inbox.put(core.inbox, { messages: arrived, bytes, tapped, acknowledge: acknowledger(core, link, arrived) })
  }
  return failure ?? pushed.failure ?? (isFirst && !link.accepted ? foreign(core, chunk) : undefined)
}

/** What one read has brought. All that it causes to be said at once, by us or by those who waited for it, leaves in one write. */
const takeIn = (core: Core.Core, link: Core.Link, chunk: Bytes.Bytes, now: number): LinkError | undefined => {
  Outgoing.hold(link.outgoing)
  const failure = takeAll(core, link, chunk, now)
  Outgoing.release(link.outgoing)
  return failure
}

/** Lets the Server wait for those who take its messages. Fails when they in turn seem to wait for the Server. */
const awaitRoom = (core: Core.Core, link: Core.Link): Effect.Effect<void, SocketError> =>
  Effect.gen(function*() {
    const { replyMillis } = core.settings
    link.idleSince = yield* Clock.currentTimeMillis
    const isRoom = yield* Inbox.awaitRoom(core.inbox, () => Core.isAnswerDue(core, link), replyMillis)
    Core.excuse(link, yield* Clock.currentTimeMillis)
    link.idleSince = undefined
    if (isRoom) return
    const what = `has sent ${core.inbox.size} messages that nobody takes, and not the answer that is waited for`
    yield* Inbox.forget(core.inbox)
    return yield* Core.socketError(core, "TimedOut", what)
  })

const readWhile = (core: Core.Core, link: Core.Link, connection: Connection, isToGoOn: () => boolean): Effect.Effect<void, LinkError> =>
  Effect.gen(function*() {
    while (isToGoOn()) {
      // Not while CONNACK is waited for: handlers may have much to do since the last connection, and that takes its time.
      if (link.accepted && !core.inbox.room.isOpen()) yield* awaitRoom(core, link)
      const failure = takeIn(core, link, yield* connection.pull, yield* Clock.currentTimeMillis)
      if (failure !== undefined) return yield* failure
    }
  })

/** The whole CONNACK must come in time, not only some byte of it now and then. */
const read = (core: Core.Core, link: Core.Link, connection: Connection): Effect.Effect<never, LinkError> => {
  const { replyMillis } = core.settings
  const accepted = Effect.timeoutOrElse(readWhile(core, link, connection, () => !link.accepted), {
    duration: replyMillis,
    orElse: () => Effect.fail(Core.socketError(core, "TimedOut", `has not answered CONNECT within ${replyMillis / 1000} s`))
  })
  return Effect.andThen(accepted, Effect.andThen(readWhile(core, link, connection, () => true), Effect.never))
}

/** PINGREQs that may go without PINGRESP while the Server is busy sending other things, and we are reading them. */
const mostUnanswered = 8

/** Why the Server is given up at `now`, as the end of a sentence that begins with its name. */
const silence = (link: Core.Link, now: number, replyMillis: number): string | undefined =>
  KeepAlive.due(link.keepAlive, now) === "dead" ? `has not answered PINGREQ for ${replyMillis / 1000} s`
  : link.unanswered >= mostUnanswered ? `has not answered ${mostUnanswered} PINGREQs, whatever else it sends`
  : Pace.fault(link.pace, link.framer, now, replyMillis)

/**
 * PINGREQ goes out however much else is sent: a Client that only publishes would never notice that nobody is there. Any
 * bytes from the Server count as an answer, up to a point: it may have much to say before its PINGRESP.
 */
const stayAlive = (core: Core.Core, link: Core.Link): Effect.Effect<never, SocketError> =>
  Effect.gen(function*() {
    const { replyMillis } = core.settings
    while (true) {
      const now = yield* Clock.currentTimeMillis
      Core.excuse(link, now)
      const fault = silence(link, now, replyMillis)
      if (fault !== undefined) return yield* Core.socketError(core, "TimedOut", fault)
      if (KeepAlive.due(link.keepAlive, now) === "ping") {
        link.keepAlive = KeepAlive.pinged(link.keepAlive, now)
        link.pings.push(Core.keepAlivePing)
        if (!link.hasIdled) link.unanswered++
        link.hasIdled = false
        link.send(Pingreq.value)
      }
      // No longer than an answer may take: `ping` sends its own PINGREQ meanwhile. Nor longer than Keep Alive allows: that
      // an answer may take longer is no reason to be silent after it has come. Whole milliseconds: less may be no sleep at all.
      const { intervalMillis } = link.keepAlive
      yield* Effect.sleep(Math.ceil(Math.min(KeepAlive.remainingMillis(link.keepAlive, now), replyMillis, intervalMillis || Infinity)))
    }
  })

/** Once the Server has accepted us. Ends with the connection. */
const renewWhenAccepted = (core: Core.Core, link: Core.Link): Effect.Effect<never> =>
  Effect.andThen(core.settled.await, Effect.andThen(renew(core, link), Effect.never))

const open = (core: Core.Core): Effect.Effect<Connection, SocketError, Socket> => {
  const { connectMillis, endpoint } = core.settings
  return Effect.timeoutOrElse(Effect.flatMap(Socket, (socket) => socket.connect(endpoint)), {
    duration: connectMillis,
    orElse: () => Effect.fail(Core.socketError(core, "TimedOut", `did not accept the connection within ${connectMillis / 1000} s`))
  }).pipe(Effect.tapError((error) => Effect.sync(() => { core.lastFailure = error })))
}

const talk = (core: Core.Core, connection: Connection): Effect.Effect<never, LinkError> =>
  Effect.gen(function*() {
    const link = Core.makeLink(core.settings, yield* Clock.currentTimeMillis)
    link.send(core.settings.connect)
    const parts: ReadonlyArray<Effect.Effect<never, LinkError>> = [
      read(core, link, connection),
      Outgoing.drain(link.outgoing, connection),
      stayAlive(core, link),
      renewWhenAccepted(core, link)
    ]
    return yield* Effect.onExit(Effect.raceAllFirst(parts), (exit) =>
      Effect.sync(() => {
        const error = Option.getOrUndefined(Exit.findErrorOption(exit))
        Core.drop(core, link, error ?? core.ended ?? Core.socketError(core, "Closed", "was disconnected"))
      }))
  })

/** Connects and talks until the connection ends, which is always a failure. */
export const run = (core: Core.Core): Effect.Effect<never, LinkError, Socket> =>
  Effect.acquireUseRelease(
    Effect.interruptible(open(core)),
    (connection) => talk(core, connection),
    (connection) => connection.close
  )
