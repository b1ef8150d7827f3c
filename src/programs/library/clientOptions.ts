/**
 * What `connect` takes, as the Client takes it.
 */
import * as Result from "effect/Result"
import { type ClientOptions, stayConnected } from "../client/options.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import type { Endpoint } from "../../ports/Socket.ts"
import { connect } from "./knownOptions.ts"
import { type InvalidOption, kind } from "./mistakes.ts"
import { fault, serversFault } from "./optionFaults.ts"
import * as OptionTable from "./OptionTable.ts"
import type { ConnectOptions, PlaceOptions } from "./options.ts"
import { type Endpoints, namesOf } from "./servers.ts"

/** An MQTT 3.1.1 Server must take 23 of these characters (MQTT-3.1.3-5). `randomUUID` is missing in an insecure page. */
const randomClientId = (): string =>
  "dormouse"
  + Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("")
    .slice(1)

const reconnectPolicy = (reconnect: ConnectOptions["reconnect"]): ClientOptions["reconnect"] => {
  if (reconnect === false) return false
  const { maxDelay = stayConnected.maxInterval * 1000, minDelay = stayConnected.minInterval * 1000 } = reconnect ?? {}
  return { ...stayConnected, minInterval: minDelay / 1000, maxInterval: Math.max(minDelay, maxDelay) / 1000 }
}

/** The Server of one URL. */
const endpointOf = (server: ServerUrl.ServerUrl, { tls, webSocket }: PlaceOptions): Endpoint => ({
  ...ServerUrl.clientOptions(server).endpoint,
  ...(tls === undefined ? {} : { tls }),
  ...(server.path === undefined ? {} : { webSocket: { path: server.path, ...webSocket } })
})

const textOf = (url: unknown): Result.Result<string, ServerUrl.InvalidServerUrl> =>
  typeof url === "string" ? Result.succeed(url)
    : typeof url === "object" && url !== null && "href" in url ? Result.succeed(String(url.href))
    : Result.fail(
      new ServerUrl.InvalidServerUrl({ message: `the Server's URL must be a string or a URL, but is ${kind(url)}` })
    )

/** Where the Servers are, and who connects to them. */
interface Places {
  readonly endpoints: Endpoints
  readonly settings: Pick<ClientOptions, "endpoint" | "server" | "clientId" | "username" | "password">
}

type Parse = (url: string) => Result.Result<ServerUrl.ServerUrl, ServerUrl.InvalidServerUrl>

/** What URLs say, and the options that belong to them. Fails if a URL is wrong, or does not go with an option. */
export const places = (
  parse: Parse,
  urls: ReadonlyArray<string | URL>,
  options: PlaceOptions
): Result.Result<Places, InvalidOption | ServerUrl.InvalidServerUrl> =>
  Result.gen(function*() {
    const servers: Array<ServerUrl.ServerUrl> = []
    for (const url of urls) servers.push(yield* parse(yield* textOf(url)))
    yield* serversFault(servers, options)
    for (const server of servers) yield* fault(options, server)
    const fromUrl = ServerUrl.clientOptions(servers[0] as ServerUrl.ServerUrl)
    // `serversFault` refuses a list without any.
    const endpoints = servers.map((server) => endpointOf(server, options)) as [Endpoint, ...Array<Endpoint>]
    const settings = {
      endpoint: endpoints[0],
      ...(endpoints.length === 1 ? {} : { server: namesOf(endpoints) }),
      clientId: options.clientId ?? randomClientId(),
      username: options.username ?? fromUrl.username,
      password: options.password ?? fromUrl.password
    }
    return { endpoints, settings }
  })

/** What the Client is made from, and where the Servers are. */
export interface Wanted {
  readonly settings: ClientOptions
  readonly endpoints: Endpoints
}

/** Where and how to connect. Fails if a URL or an option is wrong. */
export const clientOptions = (
  parse: Parse,
  urls: ReadonlyArray<string | URL>,
  options: ConnectOptions
): Result.Result<Wanted, InvalidOption | ServerUrl.InvalidServerUrl> =>
  Result.gen(function*() {
    const mistake = OptionTable.fault("connect", connect, options)
    if (mistake !== undefined) return yield* Result.fail(mistake)
    const { endpoints, settings } = yield* places(parse, urls, options)
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
    return { endpoints, settings: { ...rest, ...settings, reconnect: reconnectPolicy(reconnect) } }
  })
