/**
 * For tests of programs that use the client: a Server and a network without sockets, in simulated time.
 */
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as ManualTime from "../../adapters/simulation/testing/ManualTime.ts"
import * as Network from "../../adapters/simulation/testing/TestNetwork.ts"
import * as TestServer from "../../adapters/simulation/testing/TestServer.ts"
import * as Server from "../../adapters/simulation/world/Server.ts"
import type { Socket } from "../../ports/Socket.ts"
import * as Client from "../client/Client.ts"
import * as ServerUrl from "../client/ServerUrl.ts"
import * as Settings from "../client/settings.ts"
import { topicFilter as topicFilterOf } from "../client/topics.ts"
import { version5 } from "../client/version5.ts"
import { type Connect, connectOver } from "./connecting.ts"
import { atLeast, call, flag, messageProperties, oneOf, qos } from "./knownOptions.ts"
import { payloadFault, topicFault } from "./mistakes.ts"
import { checked, fault, type Kind, nested, table } from "./OptionTable.ts"
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
  /**
   * One more, at this host (the name alone, without mqtt://), with a network of its own. Call it before a client connects
   * there: until then the host leads to the first Server.
   */
  readonly addServer: (host: string, options?: AddServerOptions) => SimulatedServer
}

/** A Server and a network, whose time is Effect's Clock: the TestClock, for one. */
export interface SimulatedNetwork extends Servers {
  /** For `Mqtt.layer`, `Mqtt.connect` and `Client.make`. Every endpoint leads to `server`, but for the hosts of `addServer`. */
  readonly layer: Layer.Layer<Socket>
}

const publishOptions = table<TestServer.TestPublishOptions>({
  qos,
  retain: flag,
  properties: nested(table<TestServer.TestProperties>(messageProperties))
})

const addServerOptions = table<AddServerOptions>({ cluster: flag })

/** A test learns a mistake of its own at once. */
const demand = (mistake: Error | undefined): void => {
  if (mistake !== undefined) throw mistake
}

const argument = (name: string, path: string, kind: Kind, value: unknown): void =>
  demand(kind.fault(value, { call: name, path }))

const millisKind = atLeast(0)

const promiseKind = checked("a Promise: call an async function, as until(report())",
  (value) => typeof value === "object" && value !== null && "then" in value)

const hostKind = checked("the name of a host, as in a URL: \"broker.example\"",
  (value) => typeof value === "string" && /^[^/@\s]+$/.test(value))

/** The same Server, which refuses what its calls do not take. */
const checkedServer = (server: TestServer.TestServer): TestServer.TestServer => ({
  ...server,
  publish: (topic, payload, options) => {
    demand(topicFault("Topic Name", topic) ?? fault("server.publish", publishOptions, options) ?? payloadFault(payload))
    server.publish(topic, payload, options)
  },
  refuse: (returnCode) => {
    argument("server.refuse", "returnCode", oneOf(0, 1, 2, 3, 4, 5), returnCode)
    server.refuse(returnCode)
  },
  forbid: (topicFilter) => {
    server.forbid(Result.getOrThrow(topicFilterOf(topicFilter)))
  },
  closeOn: (isForbidden) => {
    argument("server.closeOn", "isForbidden", call, isForbidden)
    server.closeOn(isForbidden)
  }
})

const checkedNetwork = (network: Network.TestNetwork): Network.TestNetwork => ({
  ...network,
  delay: (millis) => {
    argument("network.delay", "millis", millisKind, millis)
    network.delay(millis)
  }
})

/** For programs with Effect. */
export const simulateNetwork = (): SimulatedNetwork => {
  const state = Server.make()
  const first = Network.make(TestServer.accept(state))
  // A network has the time of who has connected to it.
  const times = [first.now]
  const now = () => Math.max(...times.map((time) => time()))
  const server = checkedServer(TestServer.make(state, now))
  const others = new Map<string, Socket["Service"]>()
  const addServer = (host: string, options: AddServerOptions = {}): SimulatedServer => {
    argument("addServer", "host", hostKind, host)
    demand(fault("addServer", addServerOptions, options))
    const { cluster = false } = options
    const own = cluster ? state : Server.make()
    const other = Network.make(TestServer.accept(own))
    others.set(host, other.socket)
    times.push(other.now)
    const another = cluster ? server : checkedServer(TestServer.make(own, now))
    return { server: another, network: checkedNetwork(other.network) }
  }
  return { server, network: checkedNetwork(first.network), addServer, layer: Network.joined(first.socket, others) }
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
   * Lets time pass until this Promise has settled, and gives what it does. Rejects if no passing of this time settles it
   * (it waits for a timer of Node, or for nothing), or a day does not.
   */
  readonly until: <A>(promise: Promise<A>) => Promise<A>
}

/** For programs with Promises. Nothing is delayed and nothing goes wrong before you ask for it. */
export const simulate = (): Simulation => {
  const { addServer, layer, network, server } = simulateNetwork()
  const { now, within, ...time } = ManualTime.make()
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
  const advance: Simulation["advance"] = async (millis) => {
    argument("advance", "millis", millisKind, millis)
    await time.advance(millis)
  }
  const until: Simulation["until"] = async (promise) => {
    argument("until", "promise", promiseKind, promise)
    return time.until(promise)
  }
  const sleep: Simulation["sleep"] = async (millis = 0) => {
    argument("sleep", "millis", millisKind, millis)
    await run(within(Effect.sleep(millis)))
  }
  return { server, network, addServer, connect, now, advance, sleep, until }
}
