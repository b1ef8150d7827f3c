/**
 * What a Client is made from, and every default.
 *
 * Times are Effect durations ("10 seconds", or a number of milliseconds), except Keep Alive, which is sent in seconds.
 */
import * as Duration from "effect/Duration"
import * as Result from "effect/Result"
import type { QoS } from "../../domain/packet/ApplicationMessage.ts"
import type { ReconnectPolicy } from "../../domain/config/DeviceConfig.ts"
import * as Bytes from "../../domain/bytes/Bytes.ts"
import * as ClientPacket from "../../domain/packet/ClientPacket.ts"
import { InvalidPacket } from "../../domain/packet/PacketError.ts"
import type { TopicName } from "../../domain/packet/Topic.ts"
import type { Endpoint } from "../../ports/Socket.ts"
import type { Handler } from "./Handler.ts"

/** A text is sent as UTF-8. Bytes must not be changed after they were handed over. */
export type Payload = Bytes.Bytes | string

/** What the Server publishes if this Client is lost without a DISCONNECT (MQTT 3.1.1, 3.1.2.5). */
export interface WillOptions {
  readonly topic: string
  readonly payload: Payload
  /** 0 by default. */
  readonly qos?: QoS | undefined
  /** False by default. */
  readonly retain?: boolean | undefined
}

/**
 * A subscription that exists from the first connection on, so that its handler misses nothing that a kept Session has
 * stored.
 */
export interface SubscriptionOptions {
  readonly topicFilter: string
  /** 0 by default. */
  readonly qos?: QoS | undefined
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
  readonly username?: string | undefined
  /** Needs a user name. */
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
   * if it has QoS 1. If a Server sends another packet that is larger, the connection is closed.
   */
  readonly maximumPacketSize?: number | undefined
  /** What to do when the connection is lost. `false`: nothing, and all operations fail. By default `stayConnected`. */
  readonly reconnect?: ReconnectPolicy | false | undefined
  /** QoS 1 messages sent and not yet acknowledged, 1 to 32,767; the others wait their turn. 64 by default. */
  readonly maximumInFlight?: number | undefined
  /** QoS 1 messages not yet acknowledged, sent or waiting; one more fails with OutboxFull. 10,000 by default. */
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
   * and 16 MiB together. Those of QoS 1 are kept until somebody takes them.
   */
  readonly receiveBuffer?: number | undefined
  /**
   * How long a message of QoS 1 that no Topic Filter of this Client has asked for waits for its handler. Then it is
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

export interface Settings {
  readonly endpoint: Endpoint
  /** host:port */
  readonly server: string
  /** The CONNECT packet, always the same. */
  readonly connect: ClientPacket.ClientPacket
  readonly clientId: string
  readonly cleanSession: boolean
  readonly subscriptions: ReadonlyArray<SubscriptionOptions>
  /** Seconds. */
  readonly keepAlive: number
  readonly maximumPacketSize: number
  readonly reconnect: ReconnectPolicy | undefined
  readonly maximumInFlight: number
  readonly outboxCapacity: number
  readonly outboxBytes: number
  readonly receiveBuffer: number
  readonly receiveBufferBytes: number
  readonly unclaimedMillis: number
  readonly connectMillis: number
  readonly replyMillis: number
}

export const toBytes = (payload: Payload): Bytes.Bytes =>
  typeof payload === "string" ? Bytes.fromText(payload) : payload

const qosClauses = { PUBLISH: "MQTT-3.3.1-4", SUBSCRIBE: "MQTT-3-8.3-4" } as const

/** The types allow nothing else; JavaScript does. */
export const qosFault = (packet: keyof typeof qosClauses, qos: unknown): InvalidPacket | undefined => {
  if (qos === 0 || qos === 1) return undefined
  const message = `${packet} has qos ${String(qos)}; it must be 0 or 1: this Client does not speak QoS 2`
  return new InvalidPacket({ packet, field: "qos", clause: qosClauses[packet], message })
}

/** The same: a handler in the place of the options would be lost without a message. */
export const optionsFault = (options: unknown): InvalidPacket | undefined => {
  if (typeof options !== "function") return undefined
  const message =
    "SUBSCRIBE has a function in the place of its options; give the handler after them: subscribe(filter, {}, handler)"
  return new InvalidPacket({ packet: "SUBSCRIBE", field: "options", clause: "3.8", message })
}

const connectPacket = (options: ClientOptions, keepAlive: number): ClientPacket.ClientPacket => {
  const { clientId, password, username, will } = options
  return {
    _tag: "Connect",
    clientId,
    cleanSession: options.cleanSession ?? true,
    keepAlive,
    username,
    password: password === undefined ? undefined : toBytes(password),
    will: will === undefined ? undefined : {
      // Checked where the packet is encoded.
      topic: will.topic as TopicName,
      payload: toBytes(will.payload),
      qos: will.qos ?? 0,
      retain: will.retain ?? false
    }
  }
}

/**
 * Fills in the defaults. Fails for what CONNECT must not contain: a password without a user name, a Will topic with a
 * `#`.
 */
export const settings = (options: ClientOptions): Result.Result<Settings, InvalidPacket> => {
  const { endpoint, reconnect = stayConnected } = options
  const keepAlive = options.keepAlive ?? 60
  const connect = connectPacket(options, keepAlive)
  return Result.map(ClientPacket.encode(connect), () => ({
    endpoint,
    server: options.server ?? endpoint.host + ":" + endpoint.port,
    connect,
    clientId: options.clientId,
    cleanSession: options.cleanSession ?? true,
    subscriptions: options.subscriptions ?? [],
    keepAlive,
    maximumPacketSize: options.maximumPacketSize ?? 1024 * 1024,
    reconnect: reconnect === false || !reconnect.enabled ? undefined : reconnect,
    maximumInFlight: Math.min(Math.max(options.maximumInFlight ?? 64, 1), 32_767),
    outboxCapacity: options.outboxCapacity ?? 10_000,
    outboxBytes: options.outboxBytes ?? 64 * 1024 * 1024,
    receiveBuffer: Math.max(options.receiveBuffer ?? 1_000, 1),
    receiveBufferBytes: Math.max(options.receiveBufferBytes ?? 32 * 1024 * 1024, 1),
    unclaimedMillis: Duration.toMillis(options.unclaimedTimeout ?? "1 minute"),
    connectMillis: Duration.toMillis(options.connectTimeout ?? "10 seconds"),
    replyMillis: Duration.toMillis(options.replyTimeout ?? "10 seconds")
  }))
}
