/**
 * For tests of programs that use the client: a Server and a network without sockets, in simulated time.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as ManualTime from "../../adapters/simulation/testing/ManualTime.ts"
import * as Network from "../../adapters/simulation/testing/TestNetwork.ts"
import * as TestServer from "../../adapters/simulation/testing/TestServer.ts"
import * as Server from "../../adapters/simulation/world/Server.ts"
import type { Socket } from "../../ports/Socket.ts"
import * as Client from "../client/Client.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import * as Settings from "../client/settings.ts"
import { version5 } from "../client/version5.ts"
import { type Connect, connectOver } from "./connecting.ts"
import { flag, messageProperties, qos } from "./knownOptions.ts"
import { payloadFault } from "./mistakes.ts"
import { fault, nested, table } from "./OptionTable.ts"
import { run } from "./running.ts"

export type { TestNetwork } from "../../adapters/simulation/testing/TestNetwork.ts"
export type {
  RetainedMessage,
  TestMessage,
  TestPublishOptions,
  TestServer
} from "../../adapters/simulation/testing/TestServer.ts"

/** A Server and the network before it. */
export interface SimulatedServer {
  readonly server: TestServer.TestServer
  readonly network: Network.TestNetwork
}

/** What several Servers have in common. */
export interface AddServerOptions {
  /** True: it is another node of the first Server, with its Sessions and its messages. False, the default: it has its own. */
  readonly cluster?: boolean | undefined
}

/** Servers at hosts of their own; all other hosts lead to the first. */
interface Servers extends SimulatedServer {
  /** One more, at this host, with a network of its own. Before a client connects to it. */
  readonly addServer: (host: string, options?: AddServerOptions) => SimulatedServer
}

/** A Server and a network, whose time is Effect's Clock: the TestClock, for one. */
export interface SimulatedNetwork extends Servers {
  /** For `Client.make`. Every endpoint leads to `server`, but for the hosts of `addServer`. */
  readonly layer: Layer.Layer<Socket>
}

const publishOptions = table<TestServer.TestPublishOptions>({
  qos,
  retain: flag,
  properties: nested(table<TestServer.TestProperties>(messageProperties))
})

const addServerOptions = table<AddServerOptions>({ cluster: flag })

/** The same Server, which refuses options that there are not. */
const checked = (server: TestServer.TestServer): TestServer.TestServer => ({
  ...server,
  publish: (topic, payload, options) => {
    const mistake = fault("server.publish", publishOptions, options) ?? payloadFault(payload)
    if (mistake !== undefined) throw mistake
    server.publish(topic, payload, options)
  }
})

/** For programs with Effect. */
export const simulateNetwork = (): SimulatedNetwork => {
  const state = Server.make()
  const { network, now: firstNow, socket } = Network.make(TestServer.accept(state))
  // A network has the time of who has connected to it.
  const times = [firstNow]
  const now = () => Math.max(...times.map((time) => time()))
  const server = checked(TestServer.make(state, now))
  const others = new Map<string, Socket["Service"]>()
  const addServer = (host: string, options: AddServerOptions = {}): SimulatedServer => {
    const mistake = fault("addServer", addServerOptions, options)
    if (mistake !== undefined) throw mistake
    const { cluster = false } = options
    const own = cluster ? state : Server.make()
    const other = Network.make(TestServer.accept(own))
    others.set(host, other.socket)
    times.push(other.now)
    return { server: cluster ? server : checked(TestServer.make(own, now)), network: other.network }
  }
  return { server, network, addServer, layer: Network.joined(socket, others) }
}

/** A Server, a network, and a clock that stands still until the test moves it. */
export interface Simulation extends Servers {
  /**
   * In the place of the library's `connect`: the same, but every URL leads to `server`, but for the hosts of `addServer`,
   * and it lives in this time.
   */
  readonly connect: Connect
  /** Milliseconds since the beginning. */
  readonly now: () => number
  /**
   * Lets so many milliseconds pass, and everything happen in its order that is due meanwhile; 0: what needs no time.
   * What your program waits for beside the client (a file, a timer of its own, AbortSignal.timeout) has its own time:
   * give it `sleep` where it pauses.
   */
  readonly advance: (millis: number) => Promise<void>
  /** For your program: done when so many milliseconds (0 by default) have passed, which `advance` and `until` let pass. */
  readonly sleep: (millis?: number) => Promise<void>
  /**
   * Lets time pass until this Promise has settled, and gives what it does. Rejects if no passing of time settles it, or
   * a day does not.
   */
  readonly until: <A>(promise: Promise<A>) => Promise<A>
}

/** For programs with Promises. Nothing is delayed and nothing goes wrong before you ask for it. */
export const simulate = (): Simulation => {
  const { addServer, layer, network, server } = simulateNetwork()
  const { advance, now, until, within } = ManualTime.make()
  const connect = connectOver({
    sockets: layer,
    parse: (text) => ServerUrl.parse(text),
    optionFault: () => undefined,
    warn: (message, code) => console.warn(`${code}: ${message}`),
    within,
    make: (options) =>
      Effect.flatMap(Effect.fromResult(Settings.settings(options, version5)), (settings) =>
        Client.makeWith(options, settings))
  })
  const sleep = (millis = 0) => run(within(Effect.sleep(millis)))
  return { server, network, addServer, connect, now, advance, sleep, until }
}
