/**
 * `mqtt://user:password@host:port` or `wss://host/path`: where a Server is, in one text.
 */
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as ConfigTable from "../../domain/config/ConfigTable.ts"
import type { DeviceConfig } from "../../domain/config/DeviceConfig.ts"
import type { ClientOptions } from "./options.ts"

/** Where a Server is and which user connects. An empty user name or password is none; `port` is 1 to 65,535. */
export interface ServerUrl {
  readonly broker: string
  readonly port: number
  readonly ssl: boolean
  readonly username: string
  readonly password: string
  /** Of a WebSocket: path and query, from the `/` on. Left out: MQTT over TCP or TLS. */
  readonly path?: string
}

/** The text is not such a URL. `message` says what is wrong and never shows a password. */
export class InvalidServerUrl extends Data.TaggedError("InvalidServerUrl")<{ readonly message: string }> {}

/** How a kind of URL is written, and what of it is used. */
interface Kind {
  readonly form: string
  readonly schemes: ReadonlyArray<string>
}

const kinds = {
  mqtt: { form: "mqtt://[user:password@]host[:port], or mqtts:// for TLS", schemes: ["mqtt", "mqtts"] },
  webSocket: { form: "ws://[user:password@]host[:port][/path], or wss:// for TLS", schemes: ["ws", "wss"] },
  any: {
    form:
      "mqtt://[user:password@]host[:port] or ws://[user:password@]host[:port][/path], or mqtts:// or wss:// for TLS",
    schemes: ["mqtt", "mqtts", "ws", "wss"]
  }
} satisfies Readonly<Record<string, Kind>>

const follows = "something follows the port (write / ? # in a password as %2F %3F %23)"

const isWebSocket = (scheme: string): boolean => scheme === "ws" || scheme === "wss"

const standardPort = (scheme: string): number =>
  isWebSocket(scheme) ? (scheme === "wss" ? 443 : 80) : ConfigTable.standardPort(scheme === "mqtts")

/** An MQTT URL ends with its port; that of a WebSocket has a path and a query. */
const placeFault = ({ hash, pathname, port, search }: URL, scheme: string): string | undefined =>
  port === "0" ? "its port is 0"
    : hash !== "" || (!isWebSocket(scheme) && (search !== "" || (pathname !== "" && pathname !== "/"))) ? follows
    : undefined

const parseAs = (
  { form, schemes }: Kind,
  text: string,
  name: string
): Result.Result<ServerUrl, InvalidServerUrl> => {
  const wrong = (problem: string) =>
    Result.fail(new InvalidServerUrl({ message: name + " must be " + form + ", but " + problem }))
  const scheme = text.slice(0, Math.max(0, text.indexOf("://"))).toLowerCase()
  if (!schemes.includes(scheme)) {
    return wrong(scheme === "" ? `has no ${schemes[0]}:// in front` : "begins with " + scheme + "://")
  }
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // What is before the last @ is not a host.
    return wrong(/:\/\/[^@]*[/?#][^/]*@/.test(text) ? follows : "its host or its port (1 to 65535) is not valid")
  }
  if (url.hostname === "") return wrong("names no host")
  const fault = placeFault(url, scheme)
  if (fault !== undefined) return wrong(fault)
  if (url.username === "" && url.password !== "") return wrong("has a password without a user name")
  try {
    return Result.succeed({
      // An IPv6 address has brackets in a URL, and nowhere else.
      broker: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
      port: url.port === "" ? standardPort(scheme) : Number(url.port),
      ssl: scheme === "mqtts" || scheme === "wss",
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      ...(isWebSocket(scheme) ? { path: url.pathname + url.search } : {})
    })
  } catch {
    return wrong("its user name or password has a % that begins no escape (write % as %25)")
  }
}

/**
 * Any Server's URL: mqtt://, mqtts://, ws://, wss://. `name` is the user's name for the text, for the message. A
 * user name and a password go into CONNECT, also with WebSocket.
 */
export const parse = (text: string, name = "the Server's URL"): Result.Result<ServerUrl, InvalidServerUrl> =>
  parseAs(kinds.any, text, name)

/** Of a Server that is reached without WebSocket, for programs that have none: mqtt://, mqtts://. */
export const parseMqtt = (text: string, name: string): Result.Result<ServerUrl, InvalidServerUrl> =>
  parseAs(kinds.mqtt, text, name)

/** For a browser, which has nothing else: ws://, wss://. */
export const parseWebSocket = (text: string, name = "the Server's URL"): Result.Result<ServerUrl, InvalidServerUrl> =>
  parseAs(kinds.webSocket, text, name)

/** This Server for `Client.make`. With TLS its certificate is checked with the platform's own authorities. */
export const clientOptions = (
  { broker, password, path, port, ssl, username }: ServerUrl
): Pick<ClientOptions, "endpoint" | "username" | "password"> => ({
  endpoint: {
    host: broker,
    port,
    ...(ssl ? { tls: {} } : {}),
    ...(path === undefined ? {} : { webSocket: { path } })
  },
  username: username === "" ? undefined : username,
  password: password === "" ? undefined : password
})

/** The configuration, with this Server in place of its own. */
export const override = (config: DeviceConfig, server: ServerUrl): DeviceConfig => ({
  ...config,
  mqtt: { ...config.mqtt, ...server, enabled: true }
})
