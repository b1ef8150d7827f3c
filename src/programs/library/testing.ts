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
import * as ServerUrl from "../client/ServerUrl.ts"
import { type Connect, connectOver } from "./connecting.ts"
import { run } from "./running.ts"

export type { TestNetwork } from "../../adapters/simulation/testing/TestNetwork.ts"
export type { TestMessage, TestServer } from "../../adapters/simulation/testing/TestServer.ts"

/** A Server and a network, whose time is Effect's Clock: the TestClock, for one. */
export interface SimulatedNetwork {
  readonly server: TestServer.TestServer
  readonly network: Network.TestNetwork
  /** For `Client.make`. Every endpoint leads to `server`. */
  readonly layer: Layer.Layer<Socket>
}

/** For programs with Effect. */
export const simulateNetwork = (): SimulatedNetwork => {
  const state = Server.make()
  const { layer, network, now } = Network.make(TestServer.accept(state))
  return { server: TestServer.make(state, now), network, layer }
}

/** A Server, a network, and a clock that stands still until the test moves it. */
export interface Simulation {
  readonly server: TestServer.TestServer
  readonly network: Network.TestNetwork
  /** In the place of the library's `connect`: the same, but every URL leads to `server`, and it lives in this time. */
  readonly connect: Connect
  /** Milliseconds since the beginning. */
  readonly now: () => number
  /**
   * Lets so many milliseconds pass, and everything happen in its order that is due meanwhile; 0: what needs no time.
   * What your program waits for beside the client (a file, a timer of its own, AbortSignal.timeout) has its own time:
   * give it `sleep` where it pauses.
   */
  readonly advance: (millis: number) => Promise<void>
  /** For your program: done when so many milliseconds have passed, which `advance` and `until` let pass. */
  readonly sleep: (millis: number) => Promise<void>
  /**
   * Lets time pass until this Promise has settled, and gives what it does. Rejects if no passing of time settles it, or
   * a day does not.
   */
  readonly until: <A>(promise: Promise<A>) => Promise<A>
}

/** For programs with Promises. Nothing is delayed and nothing goes wrong before you ask for it. */
export const simulate = (): Simulation => {
  const { layer, network, server } = simulateNetwork()
  const { advance, now, until, within } = ManualTime.make()
  const connect = connectOver({
    sockets: layer,
    parse: (text) => ServerUrl.parse(text),
    optionFault: () => undefined,
    warn: (message, code) => console.warn(`${code}: ${message}`),
    within
  })
  const sleep = (millis: number) => run(within(Effect.sleep(millis)))
  return { server, network, connect, now, advance, sleep, until }
}
