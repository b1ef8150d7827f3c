/**
 * The MQTT client for browsers, and for what else has a WebSocket of its own: what bundlers take for `dormouse-mqtt`.
 */
import * as BrowserSocket from "../../adapters/browser/Socket.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import { type Connect, connectOver } from "./connecting.ts"
import { InvalidOption } from "./mistakes.ts"
import type { ConnectOptions } from "./options.ts"

export * from "./api.ts"

const optionFault = ({ tls, webSocket }: ConnectOptions): InvalidOption | undefined => {
  const wrong = (option: string, message: string) => new InvalidOption({ option, message })
  if (tls !== undefined) {
    return wrong("tls", "a browser decides itself whom it trusts and which certificate it shows: leave tls out")
  }
  return webSocket?.headers === undefined ? undefined
    : wrong("webSocket", "a browser sends no headers of ours: put a token into the URL's query, or into the password")
}

/**
 * Connects to `ws://[user:password@]host[:port][/path]`, or `wss://`. Otherwise as on Node; a browser does not say why a
 * WebSocket was not opened, so this is SocketError `Unreachable` with the likely causes in its message.
 */
export const connect: Connect = connectOver({
  sockets: BrowserSocket.layer,
  parse: (text) => ServerUrl.parseWebSocket(text),
  optionFault,
  warn: (message, code) => console.warn(`${code}: ${message}`)
})
