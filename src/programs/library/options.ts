/**
 * What `connect` takes.
 */
import type * as Duration from "effect/Duration"
import type { AuthenticationOptions, ClientOptions, Payload, WillOptions } from "../client/options.ts"
import type { Tls } from "../../ports/Socket.ts"
import type { Store } from "../../ports/Store.ts"
import type { ClientEvent } from "./Events.ts"
import type { ServersOptions } from "./servers.ts"

/** Milliseconds: the first wait after three tries at once, and the longest. The waits double, and half is random. */
export interface ReconnectOptions {
  /** 1,000 by default. */
  readonly minDelay?: number | undefined
  /** 60,000 by default. */
  readonly maxDelay?: number | undefined
}

/** For ws:// and wss://. */
export interface WebSocketConnectOptions {
  /** HTTP headers of the handshake. Not in a browser, which sends its own. */
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/** Who connects, where and how: what belongs to the URLs. */
export interface PlaceOptions {
  /** Unique at the Server: a second client with this name disconnects the first one. A random one by default. */
  readonly clientId?: string | undefined
  /** Goes before that of the URL. */
  readonly username?: string | undefined
  /** Goes before that of the URL. Needs a user name. */
  readonly password?: Payload | undefined
  /**
   * True, the default: the Server forgets subscriptions and messages when the connection ends. False: it keeps them for
   * this `clientId`, which must then be given.
   */
  readonly cleanSession?: boolean | undefined
  /** For mqtts:// and wss://. PEM texts. By default Node's own authorities are trusted; the name is always checked. */
  readonly tls?: Tls | undefined
  /** For ws:// and wss://. Path and query belong to the URL. */
  readonly webSocket?: WebSocketConnectOptions | undefined
  /** How to choose, if `connect` gets several URLs. */
  readonly servers?: ServersOptions<Duration.Input> | undefined
}

/** All of it has defaults. Times are in milliseconds, but `keepAlive` is in seconds, as MQTT sends it. */
export interface ConnectOptions extends PlaceOptions {
  /** How to choose, if `connect` gets several URLs. */
  readonly servers?: ServersOptions | undefined
  /**
   * 4, the default: MQTT 3.1.1. 5: MQTT 5. "auto": MQTT 5, and MQTT 3.1.1 if the Server refuses MQTT 5 or closes the
   * first connection on it; each of several Servers by itself.
   */
  readonly version?: 4 | 5 | "auto" | undefined
  /**
   * Keeps on disk what is owed with QoS 1 and 2, so that it outlives the program: `directory(path)` of
   * `dormouse-mqtt/store`. Needs a `clientId`, and `cleanSession` false.
   */
  readonly store?: Store | undefined
  /** Seconds, 0 to 65,535. 60 by default; 0 turns it off, and then a dead connection is not noticed. */
  readonly keepAlive?: number | undefined
  /**
   * With MQTT 5: seconds for which the Server keeps subscriptions and messages after a connection; 0xFFFFFFFF for ever.
   * Needs a `clientId`, unless the program only has to survive its own reconnections.
   */
  readonly sessionExpiryInterval?: number | undefined
  /** With MQTT 5: messages of QoS 1 and 2 that the Server may send before they are acknowledged. 65,535 by default. */
  readonly receiveMaximum?: number | undefined
  /**
   * With MQTT 5: publishes with the highest QoS that the Server takes, if a message has more. False, the default: such
   * a `publish` rejects with InvalidPacket.
   */
  readonly lowerQos?: boolean | undefined
  /** With MQTT 5: Topic Aliases that the Server may use. 64 by default. */
  readonly topicAliasMaximum?: number | undefined
  /** With MQTT 5: enhanced authentication, when it takes more than a password. */
  readonly authentication?: AuthenticationOptions | undefined
  /** With MQTT 5: names and values for the Server, in CONNECT. */
  readonly userProperties?: ClientOptions["userProperties"]
  /** What the Server publishes if this client is lost without `end`. */
  readonly will?: WillOptions | undefined
  /** What to do when a connection is lost. False: the client ends. By default it tries again for ever. */
  readonly reconnect?: ReconnectOptions | false | undefined
  /**
   * False, the default: `connect` rejects if the first connection fails. True: it tries again until the Server answers
   * or `signal` aborts, with the waits of `reconnect`; mistakes reject at once. Each failed try is an event
   * (`Reconnecting`).
   */
  readonly waitForServer?: boolean | undefined
  /** For TCP and TLS. 10,000 by default. */
  readonly connectTimeout?: number | undefined
  /** For the Server's answers, except to `publish`, which waits as long as its `signal` allows. 10,000 by default. */
  readonly replyTimeout?: number | undefined
  /** Messages of QoS 1 and 2 that may wait for the Server; one more fails with OutboxFull. 10,000 by default. */
  readonly outboxCapacity?: number | undefined
  /** Bytes of them, beyond which one more fails with OutboxFull, too. 64 MiB by default. */
  readonly outboxBytes?: number | undefined
  /**
   * Messages of QoS 1 and 2 that are sent and not acknowledged, up to 32,767. 64 by default, and in MQTT 3.1.1 never
   * more than 16 with QoS 2, because Mosquitto drops messages from 20 on.
   */
  readonly maximumInFlight?: number | undefined
  /** Bytes of messages that nobody has taken: beyond it the client stops reading. 32 MiB by default. */
  readonly receiveBufferBytes?: number | undefined
  /** For a message that no subscription of this program asks for: it is then acknowledged. 60,000 by default. */
  readonly unclaimedTimeout?: number | undefined
  /** Bytes. A larger message is skipped and reported. 1 MiB by default. */
  readonly maximumPacketSize?: number | undefined
  /** Called with everything that happens. Without it, what goes wrong is a warning of the process. */
  readonly onEvent?: ((event: ClientEvent) => void) | undefined
  /** Stops trying to connect. Does nothing once `connect` has succeeded: use `end`. */
  readonly signal?: AbortSignal | undefined
}
