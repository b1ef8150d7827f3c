/**
 * PUBLISH: at most once, at least once, or exactly once.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import type { Bytes } from "../../domain/bytes/Bytes.ts"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import * as Publish from "../../domain/packet/Publish.ts"
import type * as Topic from "../../domain/packet/Topic.ts"
import { OutboxFull } from "../../domain/delivery/Outbox.ts"
import * as Core from "./Core.ts"
import type { PublishError } from "./errors.ts"
import * as Exchange from "./Exchange.ts"
import * as Expiry from "./Expiry.ts"
import type { Message, Publication } from "./ExchangeState.ts"
import * as Keeping from "./Keeping.ts"
import * as Notice from "./Notice.ts"
import { type MessageProperties, type Payload, propertiesOf, qosFault, toBytes } from "./options.ts"
import * as Outgoing from "./Outgoing.ts"
import { topicName } from "./topics.ts"

/** What a message says besides its payload (MQTT 5, 3.3.2.3). The Client chooses Topic Aliases itself. */
export type PublishProperties = MessageProperties

/** How one message is published (MQTT 3.1.1, 3.3.1). */
export interface PublishOptions {
  /**
   * 0, the default: at most once. 1: at least once. 2: exactly once, if the Server keeps the Session (`cleanSession`
   * false); without the Session a message that had no last answer may come twice.
   */
  readonly qos?: QoS | undefined
  /**
   * What the call waits for, with QoS 1 and 2. "acknowledged", the default: that the Server has it. "accepted": that it
   * is in the `store`, from which it is delivered even if the program is killed; if it is given up later, there is a
   * notice (`MessageGivenUp`).
   */
  readonly until?: "acknowledged" | "accepted" | undefined
  /** The Server keeps the message for later subscribers; an empty one removes it. False by default. */
  readonly retain?: boolean | undefined
  /**
   * With MQTT 5 only. A `messageExpiryInterval` (seconds) begins with the call, and the Server gets what is left of it;
   * a message that could not be sent by then fails with MessageExpired.
   */
  readonly properties?: PublishProperties | undefined
}

/**
 * Waits for the network only while much waits to be written: so a loop that publishes fills one write after another.
 */
const atMostOnce = (
  core: Core.Core,
  topic: Topic.TopicName,
  payload: Bytes,
  retain: boolean,
  properties: Message["properties"]
): Effect.Effect<void, PublishError> => {
  if (core.link === undefined) return Effect.fail(Core.notConnected(core))
  const { outgoing } = core.link
  const capacity = core.settings.outboxBytes
  const waiting = Outgoing.size(outgoing)
  if (waiting > 0 && waiting + payload.length > capacity) {
    const message =
      `${waiting} bytes already wait to be written, and with this message more than ${capacity} would (outboxBytes)`
    return Effect.fail(new OutboxFull({ capacity, unit: "bytes", message }))
  }
  const packet = Publish.make<0>(topic, payload, 0, retain, false, undefined)
  const invalid = Outgoing.push(outgoing, properties === undefined ? packet : { ...packet, properties })
  if (invalid !== undefined) return Effect.fail(invalid)
  core.quietTopic = topic
  return Outgoing.isMuch(outgoing) ? Effect.callback((resume) => Outgoing.onWritten(outgoing, resume)) : Effect.void
}

/** Failures after which a message is not owed any more. The others leave it in the store. */
const isFinal = ({ _tag }: PublishError): boolean =>
  _tag === "PublishRejected" || _tag === "PublishRefused" || _tag === "InvalidPacket" || _tag === "MessageExpired"

/** Learns how a message ended for which nobody waits. */
export const unwaited = (core: Core.Core, { topic }: Message): Publication["resume"] => (result) => {
  const error = Option.getOrUndefined(Exit.findErrorOption(Effect.runSyncExit(result)))
  if (error === undefined || !isFinal(error)) return
  const message = `a message to ${topic} is given up: ${error.message}`
  Notice.tell(core.notices, { _tag: "MessageGivenUp", topic, error, message })
}

const acknowledged = (
  core: Core.Core,
  message: Message,
  keeping: Keeping.Keeping | undefined
): Effect.Effect<void, PublishError> =>
  Effect.callback((resume) => {
    if (core.ended !== undefined) return resume(Effect.fail(core.ended))
    let isAccepted = false
    const ended: Publication["resume"] = (result) => (isAccepted ? unwaited(core, message) : resume)(result)
    const published = Exchange.publish(core.exchange, message, ended)
    if (Result.isFailure(published)) return resume(Effect.fail(published.failure))
    const cancel = () => Exchange.cancel(core.exchange, published.success)
    if (keeping !== undefined) {
      Keeping.onKept(keeping, (kept) => {
        isAccepted = Exit.isSuccess(Effect.runSyncExit(kept))
        if (!isAccepted) cancel()
        resume(kept)
      })
    }
    if (core.link !== undefined) Exchange.admit(core.exchange, core.link.send)
    return Effect.sync(cancel)
  })

/** The longest that a timer can wait, in milliseconds: beyond it a publisher learns that a message has expired later. */
const longestTimer = 2_147_483_647

/** The same for a message that expires in so many milliseconds: who waits for it learns it then. */
const expiring = (
  core: Core.Core,
  message: Message,
  millis: number,
  keeping: Keeping.Keeping | undefined
): Effect.Effect<void, PublishError> => {
  const over = Effect.andThen(Effect.sleep(millis + 1), Effect.sync(() => Expiry.dropExpired(core.exchange)))
  return Effect.raceFirst(acknowledged(core, message, keeping), Effect.andThen(over, Effect.never))
}

/** The store in which a message is to be accepted; undefined: the Server's acknowledgement is waited for. */
const keepingOf = ({ keeping }: Core.Core, qos: QoS, until: PublishOptions["until"]) => {
  if (until === undefined || until === "acknowledged") return Result.succeed(undefined)
  if (until === "accepted" && keeping !== undefined && qos > 0) return Result.succeed(keeping)
  const fix = until !== "accepted" ? "it must be \"acknowledged\" or \"accepted\""
    : keeping === undefined ? "that needs a store" : "that needs QoS 1 or 2"
  const message = `PUBLISH has until ${JSON.stringify(until)}: ${fix}`
  return Result.fail(new InvalidPacket({ packet: "PUBLISH", field: "until", clause: "4.3", message }))
}

export const publish = (
  core: Core.Core,
  topic: string,
  payload: Payload,
  options: PublishOptions = {}
): Effect.Effect<void, PublishError> =>
  Effect.suspend(() => {
    if (core.topicName === undefined || core.topicName !== topic) {
      const name = topicName(topic)
      if (Result.isFailure(name)) return Effect.fail(name.failure)
      core.topicName = name.success
    }
    const { retain = false } = options
    const properties = propertiesOf<"PUBLISH">(options.properties)
    const wanted = options.qos ?? 0
    const invalid = qosFault("PUBLISH", wanted)
    if (invalid !== undefined) return Effect.fail(invalid)
    const qos = Math.min(wanted, core.exchange.maximumQos) as QoS
    const keeping = keepingOf(core, qos, options.until)
    if (Result.isFailure(keeping)) return Effect.fail(keeping.failure)
    const bytes = toBytes(payload)
    if (qos === 0) return atMostOnce(core, core.topicName, bytes, retain, properties)
    const expiresAt = Expiry.expiresAt(core.exchange, properties)
    const message: Message = { topic: core.topicName, payload: bytes, qos, retain, properties, expiresAt }
    const millis = expiresAt === undefined ? Infinity : expiresAt - core.exchange.now()
    return millis > longestTimer ? acknowledged(core, message, keeping.success)
      : expiring(core, message, millis, keeping.success)
  })
