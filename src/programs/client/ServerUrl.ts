/**
 * `mqtt://user:password@host:port`: where a Server is, in one text.
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
}

/** The text is not such a URL. `message` says what is wrong and never shows a password. */
export class InvalidServerUrl extends Data.TaggedError("InvalidServerUrl")<{ readonly message: string }> {}

const form = "mqtt://[user:password@]host[:port], or mqtts:// for TLS"

const follows = "something follows the port (write / ? # in a password as %2F %3F %23)"

/** `name` is the user's name for the text, for the message. */
export const parse = (text: string, name = "the Server's URL"): Result.Result<ServerUrl, InvalidServerUrl> => {
  const wrong = (problem: string) =>
    Result.fail(new InvalidServerUrl({ message: name + " must be " + form + ", but " + problem }))
  const scheme = text.slice(0, Math.max(0, text.indexOf("://")))
  if (scheme !== "mqtt" && scheme !== "mqtts") {
    return wrong(scheme === "" ? "has no mqtt:// in front" : "begins with " + scheme + "://")
  }
  let url: URL
  try {
    url = new URL(text)
  } catch {
    // What is before the last @ is not a host.
    return wrong(/:\/\/[^@]*[/?#][^/]*@/.test(text) ? follows : "its host or its port (1 to 65535) is not valid")
  }
  if (url.hostname === "") return wrong("names no host")
  if (url.port === "0") return wrong("its port is 0")
  if ((url.pathname !== "" && url.pathname !== "/") || url.search !== "" || url.hash !== "") {
    return wrong(follows)
  }
  if (url.username === "" && url.password !== "") return wrong("has a password without a user name")
  const ssl = scheme === "mqtts"
  try {
    return Result.succeed({
      // An IPv6 address has brackets in a URL, and nowhere else.
      broker: url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname,
      port: url.port === "" ? ConfigTable.standardPort(ssl) : Number(url.port),
      ssl,
      username: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password)
    })
  } catch {
    return wrong("its user name or password has a % that begins no escape (write % as %25)")
  }
}

/** This Server for `Client.make`. With TLS its certificate is checked with the platform's own authorities. */
export const clientOptions = (
  { broker, password, port, ssl, username }: ServerUrl
): Pick<ClientOptions, "endpoint" | "username" | "password"> => ({
  endpoint: { host: broker, port, ...(ssl ? { tls: {} } : {}) },
  username: username === "" ? undefined : username,
  password: password === "" ? undefined : password
})

/** The configuration, with this Server in place of its own. */
export const override = (config: DeviceConfig, server: ServerUrl): DeviceConfig => ({
  ...config,
  mqtt: { ...config.mqtt, ...server, enabled: true }
})
