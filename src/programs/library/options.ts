/**
 * What `connect` takes, and what the Client makes of it.
 */
import * as Result from "effect/Result"
import {
  type AuthenticationOptions,
  type ClientOptions,
  type Payload,
  stayConnected,
  type WillOptions
} from "../client/options.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import type { Endpoint, Tls } from "../../ports/Socket.ts"
import type { ClientEvent } from "./Events.ts"
import { InvalidOption, numberFault } from "./mistakes.ts"
import { namesOf, type ServersOptions } from "./servers.ts"

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

/** All of it has defaults. Times are in milliseconds, but `keepAlive` is in seconds, as MQTT sends it. */
export interface ConnectOptions {
  /** Unique at the Server: a second client with this name disconnects the first one. A random one by default. */
  readonly clientId?: string | undefined
  /** Goes before that of the URL. */
  readonly username?: string | undefined
  /** Goes before that of the URL. Needs a user name. */
  readonly password?: Payload | undefined
  /**
   * 4, the default: MQTT 3.1.1. 5: MQTT 5. "auto": MQTT 5, and MQTT 3.1.1 if the Server refuses MQTT 5 or closes the
   * first connection on it.
   */
  readonly version?: 4 | 5 | "auto" | undefined
  /**
   * True, the default: the Server forgets subscriptions and messages when the connection ends. False: it keeps them for
   * this `clientId`, which must then be given.
   */
  readonly cleanSession?: boolean | undefined
  /** Seconds, 0 to 65,535. 60 by default; 0 turns it off, and then a dead connection is not noticed. */
  readonly keepAlive?: number | undefined
  /**
   * With MQTT 5: seconds for which the Server keeps subscriptions and messages after a connection; 0xFFFFFFFF for ever.
   * Needs a `clientId`, unless the program only has to survive its own reconnections.
   */
  readonly sessionExpiryInterval?: number | undefined
  /** With MQTT 5: messages of QoS 1 that the Server may send before they are acknowledged. 65,535 by default. */
  readonly receiveMaximum?: number | undefined
  /** With MQTT 5: Topic Aliases that the Server may use. 64 by default. */
  readonly topicAliasMaximum?: number | undefined
  /** With MQTT 5: enhanced authentication, when it takes more than a password. */
  readonly authentication?: AuthenticationOptions | undefined
  /** With MQTT 5: names and values for the Server, in CONNECT. */
  readonly userProperties?: ClientOptions["userProperties"]
  /** What the Server publishes if this client is lost without `end`. */
  readonly will?: WillOptions | undefined
  /** For mqtts:// and wss://. PEM texts. By default Node's own authorities are trusted; the name is always checked. */
  readonly tls?: Tls | undefined
  /** For ws:// and wss://. Path and query belong to the URL. */
  readonly webSocket?: WebSocketConnectOptions | undefined
  /** How to choose, if `connect` gets several URLs. */
  readonly servers?: ServersOptions | undefined
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
  /** Messages of QoS 1 that may wait for the Server; one more fails with OutboxFull. 10,000 by default. */
  readonly outboxCapacity?: number | undefined
  /** Bytes of them, beyond which one more fails with OutboxFull, too. 64 MiB by default. */
  readonly outboxBytes?: number | undefined
  /** Messages of QoS 1 that are sent and not acknowledged, up to 32,767. 64 by default. */
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

const known: ReadonlySet<string> = new Set<keyof ConnectOptions>(["clientId", "username", "password", "cleanSession",
  "version", "sessionExpiryInterval", "receiveMaximum", "topicAliasMaximum", "authentication", "userProperties",
  "keepAlive", "will", "tls", "webSocket", "servers", "reconnect", "waitForServer", "connectTimeout", "replyTimeout",
  "outboxCapacity", "outboxBytes", "maximumInFlight", "receiveBufferBytes", "unclaimedTimeout", "maximumPacketSize",
  "onEvent", "signal"])

/** How other clients call it, MQTT.js before all. */
const elsewhere: Readonly<Record<string, string>> = {
  clean: "use cleanSession",
  keepalive: "use keepAlive, in seconds",
  reconnectPeriod: "use reconnect: { minDelay, maxDelay } in milliseconds, or reconnect: false",
  protocolVersion: "use version: 4, 5 or \"auto\"",
  properties: "use sessionExpiryInterval, receiveMaximum, topicAliasMaximum and userProperties",
  ca: "use tls: { ca }",
  cert: "use tls: { cert, key }",
  key: "use tls: { cert, key }",
  servername: "use tls: { serverName }",
  rejectUnauthorized: "certificates are always checked; trust your own authority with tls: { ca }",
  host: "it belongs to the URL: mqtt://host:port",
  port: "it belongs to the URL: mqtt://host:port",
  protocol: "it belongs to the URL: mqtt://, mqtts://, ws:// or wss://",
  path: "it belongs to the URL: wss://host/path",
  wsOptions: "use webSocket: { headers }",
  ALPNProtocols: "use tls: { alpn }",
  passphrase: "use tls: { passphrase }"
}

const wrong = (option: string, message: string) => Result.fail(new InvalidOption({ option, message }))

/** An MQTT 3.1.1 Server must take 23 of these characters (MQTT-3.1.3-5). `randomUUID` is missing in an insecure page. */
const randomClientId = (): string =>
  "dormouse"
  + Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("")
    .slice(1)

const numbersFault = ({ reconnect, ...options }: ConnectOptions): InvalidOption | undefined => {
  const { maxDelay, minDelay } = reconnect === false ? {} : reconnect ?? {}
  return numberFault("connectTimeout", options.connectTimeout, 1) ??
    numberFault("replyTimeout", options.replyTimeout, 1)
    ?? numberFault("outboxCapacity", options.outboxCapacity, 1)
    ?? numberFault("outboxBytes", options.outboxBytes, 1)
    ?? numberFault("maximumInFlight", options.maximumInFlight, 1)
    ?? numberFault("receiveBufferBytes", options.receiveBufferBytes, 1)
    ?? numberFault("unclaimedTimeout", options.unclaimedTimeout, 0)
    ?? numberFault("maximumPacketSize", options.maximumPacketSize, 2)
    ?? numberFault("sessionExpiryInterval", options.sessionExpiryInterval, 0)
    ?? numberFault("receiveMaximum", options.receiveMaximum, 1)
    ?? numberFault("topicAliasMaximum", options.topicAliasMaximum, 0)
    ?? numberFault("reconnect.minDelay", minDelay, 1) ?? numberFault("reconnect.maxDelay", maxDelay, 1)
}

/** Options that say something of another kind of connection than the URL asks for. */
const schemeFault = (
  { tls, webSocket }: ConnectOptions,
  { path, ssl }: ServerUrl.ServerUrl
): Result.Result<void, InvalidOption> => {
  if (tls !== undefined && !ssl) {
    const [plain, secure] = path === undefined ? ["mqtt", "mqtts"] : ["ws", "wss"]
    return wrong("tls", `tls is given, but the URL begins with ${plain}://, which does not encrypt: write ${secure}://`)
  }
  if (webSocket !== undefined && path === undefined) {
    return wrong("webSocket", "webSocket is given, but the URL is not one of a WebSocket: write ws:// or wss://")
  }
  return tls?.alpn === undefined || path === undefined ? Result.void
    : wrong("tls.alpn",
      "a WebSocket is asked for by HTTP, and offers no other protocol: leave alpn out, or write mqtts://")
}

const fault = (options: ConnectOptions, server: ServerUrl.ServerUrl): Result.Result<void, InvalidOption> => {
  const unknown = Object.keys(options).find((name) => !known.has(name))
  if (unknown !== undefined) {
    const instead = Object.hasOwn(elsewhere, unknown) ? elsewhere[unknown] : `known are ${Array.from(known).join(", ")}`
    return wrong(unknown, `there is no option ${unknown}: ${instead}`)
  }
  const { version = 4 } = options
  if (version !== 4 && version !== 5 && version !== "auto") {
    return wrong("version", `version is ${String(version)}; it must be 4 (MQTT 3.1.1), 5 or "auto"`)
  }
  const number = numbersFault(options)
  if (number !== undefined) return Result.fail(number)
  if (options.cleanSession === false && options.clientId === undefined) {
    return wrong("clientId", "cleanSession: false needs a clientId that stays the same: the Session belongs to it")
  }
  return schemeFault(options, server)
}

const reconnectPolicy = (reconnect: ConnectOptions["reconnect"]): ClientOptions["reconnect"] => {
  if (reconnect === false) return false
  const { maxDelay = stayConnected.maxInterval * 1000, minDelay = stayConnected.minInterval * 1000 } = reconnect ?? {}
  return { ...stayConnected, minInterval: minDelay / 1000, maxInterval: Math.max(minDelay, maxDelay) / 1000 }
}

/** The Server of one URL. */
const endpointOf = (server: ServerUrl.ServerUrl, { tls, webSocket }: ConnectOptions): Endpoint => ({
  ...ServerUrl.clientOptions(server).endpoint,
  ...(tls === undefined ? {} : { tls }),
  ...(server.path === undefined ? {} : { webSocket: { path: server.path, ...webSocket } })
})

/** What goes with several URLs, and only with them. */
const serversFault = (
  servers: ReadonlyArray<ServerUrl.ServerUrl>,
  { servers: choice }: ConnectOptions
): Result.Result<void, InvalidOption> => {
  const [first, ...others] = servers
  if (first === undefined) {
    return wrong("url", "there is no URL: give one, or several in the order in which to try them")
  }
  if (others.length === 0) {
    return choice === undefined ? Result.void : wrong("servers", "servers says how to choose, but there is one URL")
  }
  const isOther = ({ password, username }: ServerUrl.ServerUrl) =>
    username !== first.username || password !== first.password
  if (others.some(isOther)) {
    return wrong("url", "the URLs have different user names or passwords: CONNECT is the same for all Servers")
  }
  const { order, returnAfter } = choice ?? {}
  if (order !== undefined && order !== "listed" && order !== "random") {
    return wrong("servers.order", "servers.order must be listed or random")
  }
  const late = returnAfter === false ? undefined : numberFault("servers.returnAfter", returnAfter, 1)
  return late === undefined ? Result.void : Result.fail(late)
}

/** What the Client is made from, and where the Servers are. */
export interface Wanted {
  readonly settings: ClientOptions
  readonly endpoints: ReadonlyArray<Endpoint>
}

/** Where and how to connect. Fails if a URL or an option is wrong. */
export const clientOptions = (
  parse: (url: string) => Result.Result<ServerUrl.ServerUrl, ServerUrl.InvalidServerUrl>,
  urls: ReadonlyArray<string | URL>,
  options: ConnectOptions
): Result.Result<Wanted, InvalidOption | ServerUrl.InvalidServerUrl> =>
  Result.gen(function*() {
    const servers: Array<ServerUrl.ServerUrl> = []
    for (const url of urls) servers.push(yield* parse(String(url)))
    yield* serversFault(servers, options)
    for (const server of servers) yield* fault(options, server)
    const fromUrl = ServerUrl.clientOptions(servers[0] as ServerUrl.ServerUrl)
    const {
      onEvent: _,
      reconnect,
      servers: ____,
      signal: __,
      waitForServer: ___,
      tls: _____,
      webSocket: ______,
      ...rest
    } = options
    const endpoints = servers.map((server) => endpointOf(server, options))
    const settings = {
      ...rest,
      endpoint: endpoints[0] as Endpoint,
      clientId: options.clientId ?? randomClientId(),
      username: options.username ?? fromUrl.username,
      password: options.password ?? fromUrl.password,
      reconnect: reconnectPolicy(reconnect)
    }
    return { endpoints, settings: endpoints.length === 1 ? settings : { ...settings, server: namesOf(endpoints) } }
  })
