/**
 * What went wrong without ending anything: reported when it happens, in `notices`, or in the log if nobody reads them.
 */
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { PublishError } from "./errors.ts"

/** Each has a `message` for people, and in `_tag` and its other fields the same for programs. */
export type Notice =
  /**
   * A message larger than `maximumPacketSize` was skipped; with a Packet Identifier it was acknowledged. Sizes in
   * bytes.
   */
  | {
    readonly _tag: "OversizedMessage"
    readonly topic: string | undefined
    readonly packetIdentifier: number | undefined
    readonly size: number
    readonly maximum: number
    readonly message: string
  }
  /**
   * An acknowledgement for which nothing waits was ignored: the first on its connection (MQTT 3.1.1, 4.3.2, 4.3.3,
   * 3.8.4, 3.10.4).
   */
  | {
    readonly _tag: "UnexpectedAcknowledgement"
    readonly packet: "PUBACK" | "PUBREC" | "PUBCOMP" | "SUBACK" | "UNSUBACK" | "PINGRESP"
    readonly packetIdentifier: number | undefined
    readonly message: string
  }
  /** With MQTT 5: the Server has sent more at once than the Client has allowed. Reported once for each connection. */
  | {
    readonly _tag: "ReceiveMaximumExceeded"
    readonly unacknowledged: number
    readonly receiveMaximum: number
    readonly message: string
  }
  /**
   * The Server says that it has our Session, although CONNECT asked for a new one: the Client ignores that
   * (MQTT-3.2.2-1).
   */
  | { readonly _tag: "UnexpectedSession"; readonly message: string }
  /** The Server refused a subscription on a later connection that it had granted before: the subscription is lost. */
  | { readonly _tag: "SubscriptionLost"; readonly topicFilter: string; readonly message: string }
  /** Messages of QoS 1 and 2 wait for somebody to take them, and the acknowledgement of later ones waits with them. */
  | { readonly _tag: "UnclaimedMessages"; readonly topic: string; readonly messages: number; readonly message: string }
  /**
   * A message that its publisher knows as accepted, or that an earlier program has left in the store, was given up, for
   * this reason.
   */
  | {
    readonly _tag: "MessageGivenUp"
    readonly topic: string
    readonly error: PublishError
    readonly message: string
  }
  /**
   * Messages that nobody took were dropped (`messages` in total so far); or some to `topic` that no Topic Filter has
   * asked for during `unclaimedTimeout`, and that were acknowledged.
   */
  | {
    readonly _tag: "MessagesDropped"
    readonly topic: string | undefined
    readonly messages: number
    readonly message: string
  }

export type Notices = PubSub.PubSub<Notice>

/** A subscriber that does not pull misses the oldest. */
const capacity = 1_000

export const make: Effect.Effect<Notices> = PubSub.sliding<Notice>(capacity)

export const tell = (notices: Notices, notice: Notice): void => {
  PubSub.publishUnsafe(notices, notice)
}

/** How many read them. */
export interface Readers {
  count: number
}

/** The same Stream; while it runs, somebody reads. */
export const counted = (notices: Stream.Stream<Notice>, readers: Readers): Stream.Stream<Notice> => {
  const enter = Effect.sync(() => void readers.count++)
  const leave = Effect.sync(() => void readers.count--)
  return Stream.unwrap(Effect.as(Effect.acquireRelease(enter, () => leave), notices))
}

/** Logs as a warning what nobody reads. */
export const logUnread = ({ message }: Notice, { count }: Readers): Effect.Effect<void> =>
  count > 0 ? Effect.void : Effect.logWarning(message)

/** Does so as long as the Scope lives. */
export const log = (notices: Notices, readers: Readers): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function*() {
    const subscription = yield* PubSub.subscribe(notices)
    yield* Effect.forkScoped(
      Effect.forever(Effect.flatMap(PubSub.take(subscription), (notice) => logUnread(notice, readers)))
    )
  })
