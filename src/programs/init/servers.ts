/** The Servers of a new device, from one text: a URL, or several with commas between them, the preferred one first. */
import * as Result from "effect/Result"
import * as BrokerList from "../../domain/config/BrokerList.ts"
import { standardPort } from "../../domain/config/Host.ts"
import * as ServerUrl from "../client/ServerUrl.ts"

/** `server` is the preferred one; `others` have its account and its TLS. */
export interface Servers {
  readonly server: ServerUrl.ServerUrl
  readonly others: ReadonlyArray<ServerUrl.ServerUrl>
}

/** A password may have a comma in it, but none before another URL. */
const between = /,\s*(?=mqtts?:\/\/)/

/** Of one file: what it has once. */
const isLike = (one: ServerUrl.ServerUrl, first: ServerUrl.ServerUrl): boolean =>
  one.ssl === first.ssl &&
  (one.username === "" || one.username === first.username && one.password === first.password)

export const parse = (text: string, name: string): Result.Result<Servers, ServerUrl.InvalidServerUrl> =>
  Result.gen(function*() {
    const [first = "", ...rest] = text.split(between)
    const server = yield* ServerUrl.parseMqtt(first, name)
    const others: Array<ServerUrl.ServerUrl> = []
    for (const one of rest) others.push(yield* ServerUrl.parseMqtt(one, name))
    if (others.every((one) => isLike(one, server))) return { server, others }
    return yield* Result.fail(
      new ServerUrl.InvalidServerUrl({
        message: name + " names several Servers with different accounts, or some with TLS and some without: a device "
          + "has one account for all of them; write it into the first"
      })
    )
  })

const entryOf = ({ broker, port, ssl }: ServerUrl.ServerUrl): string => {
  const host = broker.includes(":") ? "[" + broker + "]" : broker
  return port === standardPort(ssl) ? host : host + ":" + port
}

/** `broker`, and `port` where it is not the usual one, as a file has them. */
export const toKeys = (
  { others, server }: Servers
): { readonly broker: BrokerList.Brokers; readonly port?: number } =>
  others.length > 0 ? { broker: [server, ...others].map(entryOf) }
    : { broker: server.broker, ...(server.port === standardPort(server.ssl) ? {} : { port: server.port }) }
