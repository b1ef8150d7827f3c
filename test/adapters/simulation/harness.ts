/** The two ways to run a test in simulated time, and a scripted Server for the suite of the Socket port. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Queue from "effect/Queue"
import * as TestClock from "effect/testing/TestClock"
import * as VirtualTime from "../../../src/adapters/simulation/world/VirtualTime.ts"
import type * as World from "../../../src/adapters/simulation/world/World.ts"
import * as Bytes from "../../../src/domain/bytes/Bytes.ts"
import type { Listener, Peer } from "../../ports/SocketSuite.ts"

export type Run = <A, E>(effect: Effect.Effect<A, E>) => Promise<A>

/** Time moves in steps of a millisecond, then of a second, until the effect has ended. */
const underTestClock: Run = (effect) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    for (let step = 0; fiber.pollUnsafe() === undefined; step++) yield* TestClock.adjust(step < 2_000 ? 1 : 1_000)
    return yield* Fiber.join(fiber)
  }).pipe(Effect.provide(TestClock.layer()), Effect.runPromise)

export const ways: ReadonlyArray<readonly [name: string, run: Run]> = [
  ["under TestClock", underTestClock],
  ["in virtual time", (effect) => Effect.runPromise(VirtualTime.run(effect))]
]

/** Asks again, a millisecond later each time, until there is an answer. */
const until = <A>(ready: () => A | undefined): Effect.Effect<A> =>
  Effect.suspend(() => {
    const found = ready()
    return found === undefined ? Effect.andThen(Effect.sleep(1), until(ready)) : Effect.succeed(found)
  })

/** Puts a Server into the world that does what a test says. */
export const listen = (world: World.World): Effect.Effect<Listener> =>
  Effect.gen(function*() {
    const arrived = yield* Queue.unbounded<Peer>()
    const settle = () => {
      for (const link of world.links) link.settle()
    }
    world.accept = (send, close) => {
      let received: Bytes.Bytes = Bytes.empty
      let isEnded = false
      const take = (length: number) => {
        const taken = Bytes.slice(received, 0, length)
        received = Bytes.slice(received, length, Bytes.length(received))
        return taken
      }
      Queue.offerUnsafe(arrived, {
        receive: (length) =>
          until(() => {
            settle()
            return Bytes.length(received) >= length ? take(length) : undefined
          }),
        send: (bytes) => Effect.sync(() => send(bytes, world.now())),
        end: Effect.sync(() => close(world.now())),
        ended: until(() => {
          settle()
          return isEnded ? take(Bytes.length(received)) : undefined
        })
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
    return { endpoint: { host: "server.example", port: 1883 }, accept: Queue.take(arrived) }
  })

export const tried = (world: World.World): Effect.Effect<void> =>
  until(() => world.tries > 0 ? true : undefined).pipe(Effect.asVoid)
