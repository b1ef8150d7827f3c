/**
 * What a Client is made from, and every default.
 *
 * Times are Effect durations ("10 seconds", or a number of milliseconds), except Keep Alive, which is sent in seconds.
 */
import type * as Duration from "effect/Duration"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { ReconnectPolicy } from "../../domain/config/DeviceConfig.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type * as PropertyTable from "../../domain/packet/v5/PropertyTable.ts"
import type { RetainHandling } from "../../domain/packet/v5/Subscribe.ts"
import type { Endpoint } from "../../ports/Socket.ts"
import type { Store } from "../../ports/Store.ts"
import type { Handler } from "./Handler.ts"

/** A text is sent as UTF-8. Bytes must not be changed after they were handed over. */
export type Payload = Bytes.Bytes | string

/** What the user gives in another form than the packet has it, or does not give. */
type Other = "topicAlias" | "subscriptionIdentifiers" | "responseTopic" | "correlationData"

/** What a message says besides its payload (MQTT 5, 3.3.2.3). Intervals in seconds. */
export interface MessageProperties extends Omit<PropertyTable.Properties<"PUBLISH">, Other> {
  /** Where an answer is wanted. */
  readonly responseTopic?: string | undefined
  /** What the answer is to bring back, so that it is known which request it answers. */
  readonly correlationData?: Payload | undefined
}

/** What the Server publishes if this Client is lost without a DISCONNECT (MQTT 3.1.1, 3.1.2.5). */
export interface WillOptions {
  readonly topic: string
  readonly payload: Payload
  /** 0 by default. */
  readonly qos?: QoS | undefined
  /** False by default. */
  readonly retain?: boolean | undefined
  /** With MQTT 5 only: `willDelayInterval` (seconds) and those of a message (MQTT 5, 3.1.3.2). */
  readonly properties?: MessageProperties & Pick<PropertyTable.Properties<"Will">, "willDelayInterval"> | undefined
}

/**
 * How this Client proves who it is, when that takes more than a password (MQTT 5, 4.12). It is done again on each
 * connection.
 */
export interface AuthenticationOptions {
  /** The name of the method, as the Server knows it: `SCRAM-SHA-256` for one. */
  readonly method: string
  /** What the first packet says; none by default. */
  readonly data?: Payload | undefined
  /**
   * Answers what the Server asks. If it throws, the connection ends with a ProtocolViolation that has its message.
   */
  readonly respond?: ((data: Bytes.Bytes | undefined) => Payload | undefined) | undefined
}

/** What a subscription asks for besides its messages. With MQTT 5 only, but `qos` (MQTT 5, 3.8.3.1). */
export interface SubscribeOptions {
  /** 0 by default. */
  readonly qos?: QoS | undefined
  /** The Server does not send what this Client itself has published. False by default. */
  readonly noLocal?: boolean | undefined
  /** Messages keep the `retain` that they were published with. False by default. */
  readonly retainAsPublished?: boolean | undefined
  /** The retained messages that the Server sends: 0, the default, all; 1 only if the subscription is new; 2 none. */
  readonly retainHandling?: RetainHandling | undefined
}

/**
 * A subscription that exists from the first connection on, so that its handler misses nothing that a kept Session has
 * stored.
 */
export interface SubscriptionOptions extends SubscribeOptions {
  readonly topicFilter: string
  readonly handler?: Handler | undefined
}

/**
 * What `make` needs: a Server and a Client Identifier; the rest has defaults. Times are durations or numbers of
 * milliseconds, and `keepAlive` is in seconds.
 */
export interface ClientOptions {
  /** Host, port, and TLS if wanted. */
  readonly endpoint: Endpoint
  /** The Server's name in messages; host:port by default. */
  readonly server?: string | undefined
  /** Unique at the Server: a second Client with this name disconnects the first one. */
  readonly clientId: string
  /**
   * 4, the default: MQTT 3.1.1. 5: MQTT 5. "auto": MQTT 5, and MQTT 3.1.1 if the Server refuses MQTT 5 or closes the
   * first connection on it.
   */
  readonly version?: 4 | 5 | "auto" | undefined
  /**
   * With MQTT 5: seconds for which the Server keeps the Session after a connection; 0xFFFFFFFF for ever. By default 0
   * with `cleanSession`, and for ever without. With it, only the first connection begins a new Session.
   */
  readonly sessionExpiryInterval?: number | undefined
  /**
   * With MQTT 5: messages of QoS 1 and 2 that the Server may send before they are acknowledged, 1 to 65,535 (the
   * default).
   */
  readonly receiveMaximum?: number | undefined
  /**
   * With MQTT 5: whether a message is published with the highest QoS that the Server takes, if that is less than the
   * message has (Maximum QoS, 3.2.2.3.4). False, the default: `publish` fails with InvalidPacket.
   */
  readonly lowerQos?: boolean | undefined
  /** With MQTT 5: Topic Aliases that the Server may use, 0 to 65,535. 64 by default. */
  readonly topicAliasMaximum?: number | undefined
  /** With MQTT 5: enhanced authentication. */
  readonly authentication?: AuthenticationOptions | undefined
  /** With MQTT 5: names and values for the Server, in CONNECT. */
  readonly userProperties?: ReadonlyArray<PropertyTable.UserProperty> | undefined
  /**
   * Keeps on disk what is owed with QoS 1 and 2, so that it outlives the program: `directory(path)` of
   * `dormouse-mqtt/store`. Needs a `clientId`, and `cleanSession` false. None by default.
   */
  readonly store?: Store | undefined
  readonly username?: string | undefined
  /** Needs a user name in MQTT 3.1.1. */
  readonly password?: Payload | undefined
  /** True, the default: the Server forgets subscriptions and unacknowledged messages when the connection ends. */
  readonly cleanSession?: boolean | undefined
  /** Seconds, 0 to 65,535; 0 turns it off and with it the detection of dead connections. 60 by default. */
  readonly keepAlive?: number | undefined
  readonly will?: WillOptions | undefined
  /** `make` is done when the Server has granted them all. None by default. */
  readonly subscriptions?: ReadonlyArray<SubscriptionOptions> | undefined
  /**
   * Bytes, 1 MiB by default. A larger message is skipped without being stored, reported in `notices`, and acknowledged
   * if it has QoS 1 or 2. If a Server sends another packet that is larger, the connection is closed.
   */
  readonly maximumPacketSize?: number | undefined
  /** What to do when the connection is lost. `false`: nothing, and all operations fail. By default `stayConnected`. */
  readonly reconnect?: ReconnectPolicy | false | undefined
  /**
   * Messages of QoS 1 and 2 sent and not yet acknowledged, 1 to 32,767; the others wait their turn. 64 by
   * default, and in MQTT 3.1.1 never more than 16 with QoS 2, because Mosquitto drops messages from 20 on.
   */
  readonly maximumInFlight?: number | undefined
  /** Messages of QoS 1 and 2 not yet acknowledged, sent or waiting; one more fails with OutboxFull. 10,000 by default. */
  readonly outboxCapacity?: number | undefined
  /**
   * Bytes of them, each with 400 bytes for the memory that keeping it takes; and bytes of QoS 0 that may wait to be
   * written. One more message fails with OutboxFull; a single one may be larger. 64 MiB by default.
   */
  readonly outboxBytes?: number | undefined
  /**
   * Bytes of received messages that may wait for handlers, streams and `poll`, each with 400 bytes for the memory that
   * keeping it takes (900 if nobody takes it). 32 MiB by default. Then the Server must wait. If the Client waits for an
   * answer meanwhile, and nobody takes a message for `replyTimeout`, the connection is lost with ReceiveBufferFull.
   * Messages that nobody has taken of a Session that the Server has lost count separately, up to as much again, because
   * nobody sends them another time.
   */
  readonly receiveBufferBytes?: number | undefined
  /**
   * Messages of QoS 0 that are kept if no handler and no stream takes them; the oldest are dropped. 1,000 by default,
   * and 16 MiB together. Those of QoS 1 and 2 are kept until somebody takes them.
   */
  readonly receiveBuffer?: number | undefined
  /**
   * How long a message of QoS 1 or 2 that no Topic Filter of this Client has asked for waits for its handler. Then it is
   * dropped, reported and acknowledged. A minute by default.
   */
  readonly unclaimedTimeout?: Duration.Input | undefined
  /** For TCP and TLS. 10 seconds by default. */
  readonly connectTimeout?: Duration.Input | undefined
  /**
   * For the Server's answers except PUBACK; subscribe and unsubscribe wait as long for a connection. 10 seconds by
   * default.
   */
  readonly replyTimeout?: Duration.Input | undefined
}

/**
 * For programs that stay connected: three tries at once, then after 1 s, 2 s, 4 s, up to a minute, of which half is
 * random.
 */
export const stayConnected: ReconnectPolicy = {
  enabled: true,
  maxAttempts: 3,
  backoffFactor: 2,
  minInterval: 1,
  maxInterval: 60,
  jitter: 0.5
}

export const toBytes = (payload: Payload): Bytes.Bytes =>
  typeof payload === "string" ? Bytes.fromText(payload) : payload

/** The same where it may be left out. */
export const bytesOf = (payload: Payload | undefined): Bytes.Bytes | undefined =>
  payload === undefined ? undefined : toBytes(payload)

/** Properties as a packet has them. Their topic is checked where it is encoded. */
export const propertiesOf = <P extends "PUBLISH" | "Will">(
  properties: MessageProperties | undefined
): PropertyTable.Properties<P> | undefined => {
  const { correlationData } = properties ?? {}
  const own = typeof correlationData !== "string" ? properties
    : { ...properties, correlationData: toBytes(correlationData) }
  return own as PropertyTable.Properties<P> | undefined
}

const qosClauses = { PUBLISH: "MQTT-3.3.1-4", SUBSCRIBE: "MQTT-3-8.3-4" } as const

/** The types allow nothing else; JavaScript does. */
export const qosFault = (packet: keyof typeof qosClauses, qos: unknown): InvalidPacket | undefined => {
  if (qos === 0 || qos === 1 || qos === 2) return undefined
  const message = `${packet} has qos ${String(qos)}; it must be 0, 1 or 2`
  return new InvalidPacket({ packet, field: "qos", clause: qosClauses[packet], message })
}

/** The same: a handler in the place of the options would be lost without a message. */
export const optionsFault = (options: unknown): InvalidPacket | undefined => {
  if (typeof options !== "function") return undefined
  const message =
    "SUBSCRIBE has a function in the place of its options; give the handler after them: subscribe(filter, {}, handler)"
  return new InvalidPacket({ packet: "SUBSCRIBE", field: "options", clause: "3.8", message })
}
