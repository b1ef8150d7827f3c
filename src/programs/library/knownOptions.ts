/**
 * All options of all calls, and what each must be.
 */
import type { AuthenticationOptions, SubscribeOptions, WillOptions } from "../client/options.ts"
import type { PublishOptions } from "../client/publish.ts"
import type { RequestOptions as Requesting } from "../client/requestResponse.ts"
import type { Tls } from "../../ports/Socket.ts"
import type {
  Abortable,
  EndOptions,
  HandlerOptions,
  LoopOptions,
  ReadOptions,
  ReauthenticateOptions,
  RequestOptions
} from "./callOptions.ts"
import { kind } from "./mistakes.ts"
import { checked, type Kinds, nested, orFalse, required, table } from "./OptionTable.ts"
import type { ConnectOptions, ReconnectOptions, WebSocketConnectOptions } from "./options.ts"
import type { ServersOptions } from "./servers.ts"

const isText = (value: unknown): value is string => typeof value === "string"

/** A secret may be among them: their values are not shown. */
export const text = checked("a string", isText, kind)
export const flag = checked("true or false", (value) => typeof value === "boolean")
export const call = checked("a function", (value) => typeof value === "function")
export const bytes = checked("a string or a Uint8Array", (value) => isText(value) || value instanceof Uint8Array, kind)
export const number = checked("a number", (value) => typeof value === "number")
export const qos = checked("0, 1 or 2", (value) => value === 0 || value === 1 || value === 2)
export const texts = checked("an array of strings", (value) => Array.isArray(value) && value.every(isText))

export const atLeast = (least: number) =>
  checked(`a number, ${least} or more`, (value) => typeof value === "number" && value >= least)

export const oneOf = (...values: ReadonlyArray<unknown>) => {
  const words = values.map((value) => JSON.stringify(value))
  return checked(`${words.slice(0, -1).join(", ")} or ${words.at(-1)}`, (value) => values.includes(value))
}

const isPair = (value: unknown) => Array.isArray(value) && value.length === 2 && value.every(isText)

const pairs = checked("an array of pairs of strings, [[\"name\", \"value\"]]",
  (value) => Array.isArray(value) && value.every(isPair))

const headers = checked("an object with a string for each header",
  (value) => typeof value === "object" && value !== null && Object.values(value).every(isText))

const signal = checked("an AbortSignal",
  (value) => typeof value === "object" && value !== null && "aborted" in value && "addEventListener" in value)

const store = checked("a store: directory(path), of dormouse-mqtt/store",
  (value) => typeof value === "object" && value !== null && "open" in value && typeof value.open === "function")

/** Of a message's properties, each. */
export const messageProperties: Kinds<NonNullable<PublishOptions["properties"]>> = {
  payloadFormatIndicator: oneOf(0, 1),
  messageExpiryInterval: atLeast(0),
  contentType: text,
  responseTopic: text,
  correlationData: bytes,
  userProperties: pairs
}

const abortable: Kinds<Abortable> = { signal }

const will = table<WillOptions>({
  topic: required(text),
  payload: required(bytes),
  qos,
  retain: flag,
  properties: nested(table<NonNullable<WillOptions["properties"]>>({
    ...messageProperties,
    willDelayInterval: atLeast(0)
  }))
})

const tls = table<Tls>({ ca: text, cert: text, key: text, passphrase: text, serverName: text, alpn: texts }, {
  servername: "use serverName",
  rejectUnauthorized: "certificates are always checked; trust your own authority with ca",
  ALPNProtocols: "use alpn"
})

const authentication = table<AuthenticationOptions>({ method: required(text), data: bytes, respond: call })

export const order = oneOf("listed", "random")

const servers = table<ServersOptions>({ order, returnAfter: orFalse(atLeast(1)) })

const reconnect = table<ReconnectOptions>({ minDelay: atLeast(1), maxDelay: atLeast(1) })

/** Of `connect`, each. */
export const connectKinds: Kinds<ConnectOptions> = {
  clientId: text,
  username: text,
  password: bytes,
  cleanSession: flag,
  version: oneOf(4, 5, "auto"),
  store,
  sessionExpiryInterval: atLeast(0),
  receiveMaximum: atLeast(1),
  topicAliasMaximum: atLeast(0),
  lowerQos: flag,
  authentication: nested(authentication),
  userProperties: pairs,
  // Its bounds are those of CONNECT, which is checked as a whole.
  keepAlive: number,
  will: nested(will),
  tls: nested(tls),
  webSocket: nested(table<WebSocketConnectOptions>({ headers })),
  servers: nested(servers),
  reconnect: orFalse(nested(reconnect)),
  waitForServer: flag,
  connectTimeout: atLeast(1),
  replyTimeout: atLeast(1),
  outboxCapacity: atLeast(1),
  outboxBytes: atLeast(1),
  maximumInFlight: atLeast(1),
  receiveBufferBytes: atLeast(1),
  unclaimedTimeout: atLeast(0),
  maximumPacketSize: atLeast(2),
  onEvent: call,
  signal
}

/** How other clients call it, MQTT.js before all. */
export const elsewhere = {
  clean: "use cleanSession",
  keepalive: "use keepAlive, in seconds",
  reconnectPeriod: "use reconnect: { minDelay, maxDelay } in milliseconds, or reconnect: false",
  protocolVersion: "use version: 4, 5 or \"auto\"",
  properties: "use sessionExpiryInterval, receiveMaximum, topicAliasMaximum and userProperties",
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
  ALPNProtocols: "use tls: { alpn }"
}

/** Of `connect`. */
export const connect = table(connectKinds, elsewhere)

const limitTime = { timeout: "limit the time with signal: AbortSignal.timeout(milliseconds)" }

/** Of a PUBLISH, each. */
export const publishKinds: Kinds<PublishOptions> = {
  qos,
  retain: flag,
  until: oneOf("acknowledged", "accepted"),
  properties: nested(table<NonNullable<PublishOptions["properties"]>>(messageProperties))
}

const { correlationData: _, ...requestProperties } = messageProperties

/** Of a request, each, but for the time that it may take. */
export const requestKinds: Kinds<Omit<Requesting, "timeout">> = {
  ...publishKinds,
  properties: nested(table<NonNullable<Requesting["properties"]>>(requestProperties, {
    correlationData: "the client gives each request its own"
  }))
}

/** Of a SUBSCRIBE, each. */
export const subscribeKinds: Kinds<SubscribeOptions> = {
  qos,
  noLocal: flag,
  retainAsPublished: flag,
  retainHandling: oneOf(0, 1, 2)
}

const subscribing: Kinds<HandlerOptions> = { ...subscribeKinds, ...abortable }

/** MQTT.js has the standard's short names. */
export const shortNames = { nl: "use noLocal", rap: "use retainAsPublished", rh: "use retainHandling" }

const subscribingElsewhere = { ...shortNames, ...limitTime }

/** Of the calls of a client. */
export const calls = {
  publish: table<PublishOptions & Abortable>({ ...publishKinds, ...abortable }, limitTime),
  request: table<RequestOptions>({ ...requestKinds, ...abortable, timeout: atLeast(0) }),
  subscribeLoop: table<LoopOptions>({ ...subscribing, buffer: atLeast(0) }, subscribingElsewhere),
  subscribeHandler: table<HandlerOptions>(subscribing, {
    ...subscribingElsewhere,
    buffer: "a handler has no buffer, each message waits for it; a loop has one"
  }),
  unsubscribe: table<Abortable>(abortable, limitTime),
  readTopic: table<ReadOptions>({ timeout: atLeast(0), ...abortable }),
  reauthenticate: table<ReauthenticateOptions>({ data: bytes, ...abortable }, limitTime),
  end: table<EndOptions>({ timeout: atLeast(0), publishWill: flag })
}
