/** The network for users' tests keeps to the Socket port, under both kinds of simulated time. */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Queue from "effect/Queue"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import * as TestNetwork from "../../../src/adapters/simulation/testing/TestNetwork.ts"
import { Socket } from "../../../src/ports/Socket.ts"
import { type Peer, socketSuite } from "../../ports/SocketSuite.ts"
import * as Harness from "./harness.ts"

interface Place {
  readonly network: TestNetwork.TestNetwork
  readonly accept: Effect.Effect<Peer>
}

class ThePlace extends Context.Service<ThePlace, Place>()("test/ThePlace") {}

const endpoint = { host: "server.example", port: 1883 }

const until = <A>(ready: () => A | undefined): Effect.Effect<A> =>
  Effect.suspend(() => {
    const found = ready()
    return found === undefined ? Effect.andThen(Effect.sleep(1), until(ready)) : Effect.succeed(found)
  })

/** A Server that does what a test says. */
const scripted = (arrived: Queue.Queue<Peer>): TestNetwork.Accept => (send, close) => {
  let received: Bytes.Bytes = Bytes.empty
  let isEnded = false
  const take = (length: number) => {
    const taken = Bytes.slice(received, 0, length)
    received = Bytes.slice(received, length, Bytes.length(received))
    return taken
  }
  Queue.offerUnsafe(arrived, {
    receive: (length) => until(() => Bytes.length(received) >= length ? take(length) : undefined),
    send: (bytes) => Effect.sync(() => send(bytes)),
    end: Effect.sync(close),
    ended: until(() => isEnded ? take(Bytes.length(received)) : undefined)
  })
  return {
    receive: (bytes) => {
      received = Bytes.concat([received, bytes])
    },
    closed: () => {
      isEnded = true
    }
  }
}

const within = (run: Harness.Run) => <A, E>(effect: Effect.Effect<A, E, Socket | ThePlace | Scope.Scope>) =>
  run(Effect.scoped(Effect.gen(function*() {
    const arrived = yield* Queue.unbounded<Peer>()
    const { network, socket } = TestNetwork.make(scripted(arrived))
    const place = { network, accept: Queue.take(arrived) }
    return yield* effect.pipe(Effect.provideService(ThePlace, place), Effect.provideService(Socket, socket))
  })))

for (const [time, run] of Harness.ways) {
  for (const delay of [0, 20]) {
    socketSuite<ThePlace>(`the network for tests, ${delay} ms, ${time}`, {
      run: within(run),
      listen: Effect.map(ThePlace, ({ accept, network }) => {
        network.delay(delay)
        return { endpoint, accept }
      }),
      nobody: Effect.map(ThePlace, ({ network }) => {
        network.refuse()
        return endpoint
      }),
      silent: Effect.map(ThePlace, ({ network }) => {
        network.silent()
        return {
          endpoint,
          tried: Effect.asVoid(until(() => network.tries() > 0 ? true : undefined)),
          abandoned: Effect.void
        }
      })
    })
  }
}
