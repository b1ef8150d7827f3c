/**
 * The MQTT client for every program on Node: `connect`, then Promises and loops.
 */
import * as NodeSocket from "../../adapters/node/Socket.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import { type Connect, connectOver } from "./connecting.ts"

export * from "./api.ts"

/**
 * Connects to `mqtt://[user:password@]host[:port]`, or `mqtts://` for TLS, or `ws://[user:password@]host[:port][/path]`,
 * or `wss://`. If the first connection fails, the Promise rejects, and nothing is tried again, unless `waitForServer` is
 * true: SocketError (`reason` says why), ConnectionRefused, InvalidServerUrl, InvalidOption, InvalidPacket, or the reason
 * of `signal`. Later connections are made again by themselves.
 */
export const connect: Connect = connectOver({
  sockets: NodeSocket.layer,
  parse: (text) => ServerUrl.parse(text),
  optionFault: () => undefined,
  warn: (message, code) => process.emitWarning(message, { type: "MqttWarning", code })
})
