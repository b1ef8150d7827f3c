/**
 * What the parts of a Client share: its settings, the messages that are pending in both directions, and whether it is connected.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as PubSub from "effect/PubSub"
import * as Receipts from "../../domain/delivery/Receipts.ts"
import type { TopicName } from "../../domain/packet/Topic.ts"
import type * as PropertyTable from "../../domain/packet/v5/PropertyTable.ts"
import { SocketError, type SocketErrorReason } from "../../ports/Socket.ts"
import { isByServer, type LinkError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import type * as ExchangeState from "./ExchangeState.ts"
import type { Received } from "./Handler.ts"
import * as Inbox from "./Inbox.ts"
import * as InboxState from "./InboxState.ts"
import * as Keeping from "./Keeping.ts"
import * as Link from "./Link.ts"
import * as Notice from "./Notice.ts"
import type { Settings } from "./settings.ts"
import * as Outgoing from "./Outgoing.ts"
import * as Responses from "./Responses.ts"
import * as Routing from "./Routing.ts"
import * as Subscriptions from "./Subscriptions.ts"
import { unanswered } from "./unanswered.ts"
import * as Versions from "./versions.ts"

/** Whether the Client has a connection: what `status` gives, first the present one. */
export type Status =
  | {
    readonly _tag: "Connected"
    readonly sessionPresent: boolean
    /** With MQTT 5: what the Server says of itself and of this connection (3.2.2.3). */
    readonly properties?: PropertyTable.Properties<"CONNACK"> | undefined
  }
  /** Lost, and tried again after `delayMillis`. */
  | { readonly _tag: "Reconnecting"; readonly reason: LinkError; readonly delayMillis: number }
  /** For good: `disconnect` was called, or the connection was lost and there is no reconnect policy. */
  | { readonly _tag: "Disconnected"; readonly reason: LinkError }

export interface Core {
  readonly settings: Settings
  readonly versions: Versions.Versions
  /** The user's, or what the Server has chosen for an empty one. */
  clientId: string
  /** Undefined: there is no store. */
  readonly keeping: Keeping.Keeping | undefined
  readonly exchange: ExchangeState.Exchange
  readonly inbox: InboxState.Inbox
  /** Messages of QoS 2 that have arrived. */
  readonly receipts: Receipts.Receipts
  readonly subscriptions: Subscriptions.Subscriptions
  readonly statuses: PubSub.PubSub<Status>
  readonly notices: Notice.Notices
  readonly noticeReaders: Notice.Readers
  readonly responses: Responses.Responses
  /** The last text that was found to be a Topic Name: often several messages in a row go to one topic. */
  topicName: TopicName | undefined
  /** The connection, once accepted. */
  link: Link.Link | undefined
  /** The connection from its CONNECT on: the Server may accept it, and publish the Will when it is lost. */
  dialled: Link.Link | undefined
  /** A CONNECT since the last CONNACK was not answered: it may have begun a new Session. */
  isSessionDoubtful: boolean
  /** How many were accepted so far. */
  connections: number
  /** When the last of them was, in milliseconds. */
  acceptedAt: number
  /** When something last came from the Server, in milliseconds. */
  heardAt: number
  /** The topic of the last message with QoS 0 that was sent since then. */
  quietTopic: string | undefined
  /** What the Server had not answered when the last connection ended, in words. */
  unanswered: ReadonlyArray<string>
  /** Why the last connection was lost, or the last try failed. */
  lastFailure: LinkError | undefined
  /** Why there will never be one again. */
  ended: LinkError | undefined
  /** Open while `link` or `ended` is set. */
  readonly settled: Latch.Latch
  /** Open when `ended` is set. */
  readonly over: Latch.Latch
}

/** What an Exchange notes. */
const notesOf = (keeping: Keeping.Keeping): ExchangeState.Notes => ({
  nextNumber: () => ++keeping.lastNumber,
  note: (event) => Keeping.note(keeping, event)
})

export const make = (settings: Settings, keeping?: Keeping.Keeping): Effect.Effect<Core> =>
  Effect.gen(function*() {
    const subscriptions = Subscriptions.make()
    const clock = yield* Clock.Clock
    const notices = yield* Notice.make
    const tellDropped = (messages: number) => {
      const message = `${messages} messages were dropped so far: no handler and no stream took them`
      Notice.tell(notices, { _tag: "MessagesDropped", topic: undefined, messages, message })
    }
    const handlersFor = (message: Received) => Routing.handlersFor(subscriptions, message)
    // A kept Session may have it for a subscription of an earlier program, whose handler may still come.
    const isLeft = (topic: string) => settings.cleanSession && Subscriptions.isLeft(subscriptions, topic)
    const isGivenUp = (topic: string) => subscriptions.hasGivenUp && !Subscriptions.isAskedFor(subscriptions, topic)
    return {
      settings,
      versions: Versions.make(settings),
      clientId: settings.clientId,
      keeping,
      exchange: Exchange.make(settings.maximumInFlight, settings.outboxCapacity, settings.outboxBytes,
        keeping && notesOf(keeping), () => clock.currentTimeMillisUnsafe()),
      inbox: yield* InboxState.make(settings.receiveBufferBytes, settings.receiveBuffer, handlersFor, tellDropped,
        isLeft, isGivenUp),
      receipts: Receipts.make(),
      subscriptions,
      statuses: yield* PubSub.unbounded<Status>({ replay: 1 }),
      notices,
      noticeReaders: { count: 0 },
      responses: Responses.make(),
      topicName: undefined,
      link: undefined,
      dialled: undefined,
      isSessionDoubtful: false,
      connections: 0,
      acceptedAt: 0,
      heardAt: 0,
      quietTopic: undefined,
      unanswered: [],
      lastFailure: undefined,
      ended: undefined,
      settled: Latch.makeUnsafe(false),
      over: Latch.makeUnsafe(false)
    }
  })

export const socketError = (core: Core, reason: SocketErrorReason, what: string): SocketError =>
  new SocketError({ reason, message: `${core.settings.server} ${what}` })

/** Waits for a connection; fails when there will be none. */
export const connected = (core: Core): Effect.Effect<Link.Link, LinkError> =>
  Effect.suspend(() => {
    if (core.ended !== undefined) return Effect.fail(core.ended)
    return core.link === undefined ? Effect.flatMap(core.settled.await, () => connected(core))
      : Effect.succeed(core.link)
  })

/** Fails when there will be no connection any more. */
export const over = (core: Core): Effect.Effect<never, LinkError> =>
  Effect.flatMap(core.over.await, () => Effect.fail(core.ended ?? socketError(core, "Closed", "is not connected")))

/** Why nobody can be reached now, although a connection may come. */
export const notConnected = (core: Core): LinkError => {
  const why = core.lastFailure === undefined ? "" : ": " + core.lastFailure.message
  return core.ended ?? socketError(core, "Closed", "is not connected at the moment" + why)
}

/** The connection as it is now; fails when there is none. */
export const connectedNow = (core: Core): Effect.Effect<Link.Link, LinkError> =>
  Effect.suspend(() => core.link === undefined ? Effect.fail(notConnected(core)) : Effect.succeed(core.link))

/** Somebody waits for the Server. */
export const isAnswerDue = (core: Core, link: Link.Link): boolean =>
  Exchange.isWaiting(core.exchange) || link.pings.some((ping) => ping !== Link.keepAlivePing)

/** Nothing more will happen on this connection. */
export const drop = (core: Core, link: Link.Link, error: LinkError): void => {
  const pings = link.pings.concat(link.authenticating.splice(0))
  link.pings = []
  core.lastFailure = error
  core.unanswered = unanswered(core.exchange)
  if (core.dialled === link) core.dialled = undefined
  // A refusal begins no Session.
  if (!link.accepted && link.outgoing.begun > 0 && error._tag !== "ConnectionRefused") core.isSessionDoubtful = true
  if (core.link === link) {
    core.link = undefined
    if (core.ended === undefined) core.settled.closeUnsafe()
    const byServer = isByServer(error)
    Subscriptions.disconnected(core.subscriptions, byServer && !Exchange.hasSent(core.exchange))
    Exchange.disconnected(core.exchange, byServer)
  }
  Outgoing.fail(link.outgoing, error)
  for (const ping of pings) ping(Effect.fail(error))
}

/** The end of the Client: there will be no other connection. */
export const end = (core: Core, error: LinkError): void => {
  if (core.ended !== undefined) return
  core.ended = error
  core.link = undefined
  Inbox.end(core.inbox)
  PubSub.publishUnsafe(core.statuses, { _tag: "Disconnected", reason: error })
  core.settled.openUnsafe()
  core.over.openUnsafe()
  Exchange.end(core.exchange, error)
}
