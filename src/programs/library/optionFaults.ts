/**
 * What may be wrong with the options of `connect`, and what to write in their place.
 */
import * as Result from "effect/Result"
import type * as ServerUrl from "../client/ServerUrl.ts"
import { InvalidOption, numberFault } from "./mistakes.ts"
import type { ConnectOptions } from "./options.ts"

const known: ReadonlySet<string> = new Set<keyof ConnectOptions>(["clientId", "username", "password", "cleanSession",
  "version", "store", "sessionExpiryInterval", "receiveMaximum", "topicAliasMaximum", "lowerQos", "authentication",
  "userProperties", "keepAlive", "will", "tls", "webSocket", "servers", "reconnect", "waitForServer", "connectTimeout",
  "replyTimeout", "outboxCapacity", "outboxBytes", "maximumInFlight", "receiveBufferBytes", "unclaimedTimeout",
  "maximumPacketSize", "onEvent", "signal"])

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
  incomingStore: "use store: directory(path), of dormouse-mqtt/store",
  outgoingStore: "use store: directory(path), of dormouse-mqtt/store",
  host: "it belongs to the URL: mqtt://host:port",
  port: "it belongs to the URL: mqtt://host:port",
  protocol: "it belongs to the URL: mqtt://, mqtts://, ws:// or wss://",
  path: "it belongs to the URL: wss://host/path",
  wsOptions: "use webSocket: { headers }",
  ALPNProtocols: "use tls: { alpn }",
  passphrase: "use tls: { passphrase }"
}

const wrong = (option: string, message: string) => Result.fail(new InvalidOption({ option, message }))

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

/** What is wrong with the options for this Server. */
export const fault = (options: ConnectOptions, server: ServerUrl.ServerUrl): Result.Result<void, InvalidOption> => {
  const unknown = Object.keys(options).find((name) => !known.has(name))
  if (unknown !== undefined) {
    const instead = Object.hasOwn(elsewhere, unknown) ? elsewhere[unknown] : `known are ${Array.from(known).join(", ")}`
    return wrong(unknown, `there is no option ${unknown}: ${instead}`)
  }
  const { version = 4 } = options
  if (version !== 4 && version !== 5 && version !== "auto") {
    return wrong("version", `version is ${String(version)}; it must be 4 (MQTT 3.1.1), 5 or "auto"`)
  }
  if (options.store !== undefined && typeof options.store !== "object") {
    return wrong("store", "store is not a store: write directory(path), of dormouse-mqtt/store")
  }
  const number = numbersFault(options)
  if (number !== undefined) return Result.fail(number)
  if (options.cleanSession === false && options.clientId === undefined) {
    return wrong("clientId", "cleanSession: false needs a clientId that stays the same: the Session belongs to it")
  }
  return schemeFault(options, server)
}

/** What goes with several URLs, and only with them. */
export const serversFault = (
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
