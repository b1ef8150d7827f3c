/**
 * One Network Connection, from TCP connect to its end.
 *
 * Four fibers live as long as it: the reader, the writer, Keep Alive, and the renewal of subscriptions. The first one
 * that fails ends it. All work on packets is plain code between two waits for the network.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as KeepAlive from "../../domain/delivery/KeepAlive.ts"
import * as Pingreq from "../../domain/packet/Pingreq.ts"
import { type Connection, Socket, type SocketError } from "../../ports/Socket.ts"
import { sendOn } from "./accept.ts"
import * as Core from "./Core.ts"
import * as Keeping from "./Keeping.ts"
import * as Link from "./Link.ts"
import { type LinkError, type ReceiveBufferFull, receiveBufferFull } from "./errors.ts"
import * as Inbox from "./Inbox.ts"
import * as InboxState from "./InboxState.ts"
import * as Outgoing from "./Outgoing.ts"
import * as PacketDeadline from "./PacketDeadline.ts"
import { watchUnhandled } from "./watchUnhandled.ts"
import { takeIn } from "./receive.ts"
import { renew } from "./renew.ts"
import * as Versions from "./versions.ts"

/** Makes the Server wait for those who take its messages. Fails if they themselves seem to wait for the Server. */
const awaitRoom = (core: Core.Core, link: Link.Link): Effect.Effect<void, ReceiveBufferFull> =>
  Effect.gen(function*() {
    const { receiveBufferBytes, replyMillis, server } = core.settings
    link.idleSince = yield* Clock.currentTimeMillis
    const isRoom = yield* InboxState.awaitRoom(core.inbox, () => Core.isAnswerDue(core, link), replyMillis)
    Link.excuse(link, yield* Clock.currentTimeMillis)
    link.idleSince = undefined
    if (isRoom) return
    const full = receiveBufferFull(server, receiveBufferBytes, InboxState.waiting(core.inbox))
    yield* Inbox.forget(core.inbox)
    return yield* full
  })

/** How long a Server that has broken the rules may take to hear of it, in milliseconds. */
const farewellMillis = 1_000

/** Tells the Server why the connection ends, if this version of MQTT can say it. */
const tell = (core: Core.Core, link: Link.Link, error: LinkError): Effect.Effect<void> =>
  Effect.suspend(() => {
    const farewell = link.accepted && core.ended === undefined ? link.dialect.farewell(error) : undefined
    if (farewell === undefined) return Effect.void
    const said = Effect.callback<void, LinkError>((resume) => {
      link.send(farewell)
      Outgoing.onWritten(link.outgoing, resume)
    })
    return Effect.raceFirst(Effect.ignore(said), Effect.sleep(farewellMillis))
  })

const readWhile = (
  core: Core.Core,
  link: Link.Link,
  connection: Connection,
  isToGoOn: () => boolean
): Effect.Effect<void, LinkError> =>
  Effect.gen(function*() {
    while (isToGoOn()) {
      // Not while the Client waits for CONNACK: handlers may have much work left from the last connection, which takes
      // its time.
      if (link.accepted && !core.inbox.room.isOpen()) yield* awaitRoom(core, link)
      const chunk = yield* connection.pull
      // A Client that has sent DISCONNECT still reads, so that the Server can continue, and drops what comes.
      if (core.ended !== undefined) continue
      const failure = takeIn(core, link, chunk, yield* Clock.currentTimeMillis)
      if (failure === undefined) continue
      yield* tell(core, link, failure)
      return yield* Effect.fail(failure)
    }
  })

/** The whole CONNACK must come in time, not only some byte of it now and then. */
const read = (core: Core.Core, link: Link.Link, connection: Connection): Effect.Effect<never, LinkError> => {
  const { replyMillis } = core.settings
  const accepted = Effect.timeoutOrElse(readWhile(core, link, connection, () => !link.accepted), {
    duration: replyMillis,
    orElse: () =>
      Effect.fail(Core.socketError(core, "TimedOut", `has not answered CONNECT within ${replyMillis / 1000} s`))
  })
  return Effect.andThen(accepted, Effect.andThen(readWhile(core, link, connection, () => true), Effect.never))
}

/**
 * How many PINGREQs may be without PINGRESP while the Server is busy sending other things, and the Client reads them.
 */
const maxUnanswered = 8

/** Why the Server is given up at `now`, as the end of a sentence that begins with its name. */
const silence = (link: Link.Link, now: number, replyMillis: number): string | undefined =>
  KeepAlive.due(link.keepAlive, now) === "dead" ? `has not answered PINGREQ for ${replyMillis / 1000} s`
    : link.unanswered >= maxUnanswered ? `has not answered ${maxUnanswered} PINGREQs, whatever else it sends`
    : PacketDeadline.fault(link.pace, link.framer, now, replyMillis)

/**
 * PINGREQ is sent however much else is sent: a Client that only publishes would never notice that nobody is there. Any
 * bytes from the Server count as an answer, up to a point: it may have much to send before its PINGRESP.
 */
const stayAlive = (core: Core.Core, link: Link.Link): Effect.Effect<never, SocketError> =>
  Effect.gen(function*() {
    const { replyMillis } = core.settings
    while (true) {
      const now = yield* Clock.currentTimeMillis
      if (core.ended !== undefined) return yield* Effect.never
      Link.excuse(link, now)
      watchUnhandled(core, now)
      // A Server that does not answer PINGREQ must not hold back messages for good.
      if (link.probingSince !== undefined && now - link.probingSince >= replyMillis) sendOn(core, link)
      const fault = silence(link, now, replyMillis)
      if (fault !== undefined) return yield* Core.socketError(core, "TimedOut", fault)
      if (KeepAlive.due(link.keepAlive, now) === "ping") {
        // A second one while the first is not answered would say nothing new about the Server.
        if (!link.hasIdled && link.keepAlive.pingSent < 0) link.unanswered++
        link.keepAlive = KeepAlive.pinged(link.keepAlive, now)
        link.pings.push(Link.keepAlivePing)
        link.hasIdled = false
        link.send(Pingreq.value)
      }
      // No longer than an answer may take: `ping` sends its own PINGREQ meanwhile. Whole milliseconds, because a
      // fraction may be no sleep at all.
      yield* Effect.sleep(Math.ceil(Math.min(KeepAlive.remainingMillis(link.keepAlive, now), replyMillis)))
    }
  })

/** In MQTT 5 the Server may choose a shorter Keep Alive in its CONNACK, for which there is a deadline anyway. */
const stayAliveWhenAgreed = (core: Core.Core, link: Link.Link): Effect.Effect<never, SocketError> =>
  link.dialect.version === 4 ? stayAlive(core, link)
    : Effect.andThen(core.settled.await, stayAlive(core, link))

/** Once the Server has accepted us. Ends with the connection. */
const renewWhenAccepted = (core: Core.Core, link: Link.Link): Effect.Effect<never, LinkError> =>
  Effect.andThen(core.settled.await, Effect.andThen(renew(core, link), Effect.never))

const open = (core: Core.Core): Effect.Effect<Connection, SocketError, Socket> => {
  const { connectMillis, endpoint } = core.settings
  return Effect.timeoutOrElse(Effect.flatMap(Socket, (socket) => socket.connect(endpoint)), {
    duration: connectMillis,
    orElse: () =>
      Effect.fail(Core.socketError(core, "TimedOut", `did not accept the connection within ${connectMillis / 1000} s`))
  }).pipe(Effect.tapError((error) =>
    Effect.sync(() => {
      core.lastFailure = error
    })
  ))
}

const talk = (core: Core.Core, connection: Connection): Effect.Effect<never, LinkError> =>
  Effect.gen(function*() {
    const begin = Versions.openFor(core.versions, connection)
    const dialect = begin({ isFirst: core.connections === 0, clientId: core.clientId })
    const { keeping } = core
    const commit = keeping === undefined ? undefined : () => Keeping.commit(keeping)
    const link = Link.make(core.settings, dialect, yield* Clock.currentTimeMillis, commit)
    core.dialled = link
    link.send(dialect.connect)
    const parts: ReadonlyArray<Effect.Effect<never, LinkError>> = [
      read(core, link, connection),
      Outgoing.drain(link.outgoing, connection),
      stayAliveWhenAgreed(core, link),
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
