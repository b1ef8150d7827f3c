/**
 * Options of `connect` that do not go together, or not with its URLs, and what to write in their place.
 */
import * as Result from "effect/Result"
import type * as ServerUrl from "../client/ServerUrl.ts"
import { InvalidOption } from "./mistakes.ts"
import type { PlaceOptions } from "./options.ts"

const wrong = (option: string, message: string) => Result.fail(new InvalidOption({ option, message }))

/** Options that say something of another kind of connection than the URL asks for. */
const schemeFault = (
  { tls, webSocket }: PlaceOptions,
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
export const fault = (options: PlaceOptions, server: ServerUrl.ServerUrl): Result.Result<void, InvalidOption> => {
  if (options.cleanSession === false && options.clientId === undefined) {
    return wrong("clientId", "cleanSession: false needs a clientId that stays the same: the Session belongs to it")
  }
  return schemeFault(options, server)
}

/** What goes with several URLs, and only with them. */
export const serversFault = (
  servers: ReadonlyArray<ServerUrl.ServerUrl>,
  { servers: choice }: PlaceOptions
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
  return Result.void
}
